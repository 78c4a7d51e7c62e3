/** How a boundary broke, and what that means in words. `docs/timeline.md` lists exactly these. */
export const diagnosisKinds = {
  miss: 'no recording answers what was asked, or no boundary has its address',
  validation: 'the other side found what was asked invalid',
  schema: 'a table or column is missing, or is another one: a migration did not run, or the code is ahead of it',
  connection: 'the other side could not be reached, or the connection broke',
  authentication: 'the other side did not accept who asked, or what they may do',
  serialization: 'the database could not put transactions in an order; such a transaction is to be tried again',
  constraint: 'the database refused data that breaks a constraint',
  deadlock: 'two transactions waited for one another; one was ended and is to be tried again',
  'queue-publish': 'a message was not taken by the broker',
  'queue-delivery': 'a message was not brought to anybody who waited for it',
  timeout: 'an answer did not come in time',
  'external-answer': 'the other side answered with an error',
  'mortar-error': 'Mortar ended the test with an error of its own, and the first line of it is the cause',
  undetermined: 'nothing that crossed a boundary explains it',
} as const

/** Stable name of how a boundary broke. */
export type DiagnosisKind = keyof typeof diagnosisKinds
