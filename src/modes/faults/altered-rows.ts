import type { FaultMatch, QuestionFault } from './fault-set.ts'

/** The query is answered as if it had found nothing, as by a replica that lags behind. PostgreSQL, MariaDB and MySQL. */
export function noRows(match: FaultMatch = { operation: /^SELECT\b/ }): QuestionFault {
  return { name: 'no rows', match, disturbance: { do: 'alter', to: 'nothing' } }
}

/** Every column of a table that may be NULL is, in all rows of the answer. PostgreSQL, MariaDB and MySQL. */
export function nullColumns(match: FaultMatch = { operation: /^SELECT\b/ }): QuestionFault {
  return { name: 'null columns', match, disturbance: { do: 'alter', to: 'nulls' } }
}
