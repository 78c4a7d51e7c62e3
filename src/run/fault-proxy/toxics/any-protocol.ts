import { lostAnswer } from '../../../modes/faults/lost-answer.ts'
import { lostConnection } from '../../../modes/faults/lost-connection.ts'
import { slowQuestion } from '../../../modes/faults/slow-question.ts'
import { faultMatch } from '../attributes.ts'
import { match, type QuestionToxics } from './question-toxic.ts'

/** Toxics of every protocol that is understood. */
export const anyProtocolToxics: QuestionToxics = {
  lost_connection: {
    kind: 'question',
    attributes: { match },
    fault: ({ match: wanted }, protocol) => lostConnection({ ...commitOf(protocol), ...faultMatch(wanted) }),
  },
  lost_answer: {
    kind: 'question',
    attributes: { match },
    fault: ({ match: wanted }, protocol) => lostAnswer({ ...commitOf(protocol), ...faultMatch(wanted) }),
  },
  slow_question: {
    kind: 'question',
    attributes: { ms: { type: 'number', default: 1000 }, match },
    fault: ({ ms, match: wanted }) => slowQuestion(Number(ms), faultMatch(wanted)),
  },
}

/** What is lost unless something else is matched. */
function commitOf(protocol: string): { readonly operation?: string } {
  return protocol === 'postgres' || protocol === 'mysql' ? { operation: 'COMMIT' } : {}
}
