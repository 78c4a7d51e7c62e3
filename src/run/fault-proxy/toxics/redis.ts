import { redisFaults } from '../../../protocols/redis/faults.ts'
import { number, protocolToxic, type QuestionToxics, text } from './question-toxic.ts'

/** Toxics of Redis. */
export const redisToxics: QuestionToxics = {
  redis_loading: protocolToxic(['redis'], {}, redisFaults.loading),
  redis_oom: protocolToxic(['redis'], {}, redisFaults.oom),
  redis_readonly: protocolToxic(['redis'], {}, redisFaults.readonly),
  redis_moved: protocolToxic(['redis'], { slot: number, address: text }, redisFaults.moved),
  redis_timeout: protocolToxic(['redis'], { ms: number }, redisFaults.timeout),
}
