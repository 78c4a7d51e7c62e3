import { lostConnection } from '../../modes/faults/lost-connection.ts'
import type { ProtocolFault } from '../../core/protocol-fault.ts'
import type { QuestionFault } from '../../modes/faults/fault-set.ts'
import { redisFaults } from '../../protocols/redis/faults.ts'
import type { Aim, CatalogueFault } from '../catalogue.ts'
import type { ExchangeClass } from '../classes.ts'

const always = Number.POSITIVE_INFINITY

/** What clients say of themselves and of the connection. */
const aboutTheConnection =
  /^(?:HELLO|AUTH|CLIENT|SELECT|PING|ECHO|INFO|COMMAND|CONFIG|QUIT|RESET|[SP]?(?:UN)?SUBSCRIBE)\b/

/** What needs no memory is done even when there is none left. */
const freeing = /^(?:DEL|UNLINK|HDEL|SREM|ZREM|LREM|[LR]POP|P?EXPIRE(?:AT)?|PERSIST|FLUSH(?:ALL|DB))\b/

const asked = ({ protocol, outcome, operation }: ExchangeClass): boolean =>
  protocol === 'redis' && outcome === 'ok' && !aboutTheConnection.test(operation)
const reads = (exchanges: ExchangeClass): boolean => asked(exchanges) && !exchanges.effect
const writes = (exchanges: ExchangeClass): boolean => asked(exchanges) && exchanges.effect

function aimed(fault: ProtocolFault, { operation, nth }: Aim, times = 1): QuestionFault {
  return { ...fault, match: { operation, nth, times } }
}

/** What caches do to those who ask them. */
export const cacheFaults: readonly CatalogueFault[] = [
  {
    name: 'cache lost',
    family: 'error',
    said: 'was never done: the connection was lost',
    expected: 'give the same answer, only slower',
    reaches: false,
    passing: true,
    disconnects: true,
    weight: 5,
    applies: asked,
    arm: (aim) => lostConnection(aim),
  },
  {
    name: 'cache loading',
    family: 'error',
    said: 'was answered with LOADING, again and again',
    expected: 'give the same answer, only slower',
    reaches: false,
    passing: true,
    weight: 4,
    applies: reads,
    arm: (aim) => aimed(redisFaults.loading(), aim, always),
  },
  {
    name: 'cache no answer',
    family: 'error',
    said: 'was not answered',
    expected: 'stop waiting after a timeout of its own, and ask elsewhere',
    reaches: false,
    stalls: true,
    weight: 4,
    applies: reads,
    arm: (aim) => aimed(redisFaults.timeout(), aim),
  },
  {
    name: 'cache full',
    family: 'error',
    said: 'was refused with OOM: the cache was full',
    expected: 'go on without it',
    reaches: false,
    passing: true,
    weight: 4,
    applies: (exchanges) => writes(exchanges) && !freeing.test(exchanges.operation),
    arm: (aim) => aimed(redisFaults.oom(), aim),
  },
]
