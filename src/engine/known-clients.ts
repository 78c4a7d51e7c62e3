import { type Callers, followCalls, gatherCalls, type Methods } from './follow-calls.ts'
import { followPool, type PoolMethods } from './follow-pools.ts'

/** A client that asks later than it is called. */
export interface KnownClient {
  /** Which of its files has the class. */
  readonly file: RegExp
  readonly className: string
  readonly follow: (methods: Methods, callers: Callers) => void
}

const calls = (...names: readonly string[]): KnownClient['follow'] => {
  return (methods, callers) => followCalls(methods, names, callers)
}

/** A pool: its clients are followed as well. */
const pool = (own: PoolMethods): KnownClient['follow'] => {
  return (methods, callers) => {
    followPool(methods, own, callers)
    followCalls(methods, [own.lends, ...own.asks], callers)
  }
}

let sharedWrites: ReturnType<typeof gatherCalls> | undefined
const gathered = (callers: Callers): ReturnType<typeof gatherCalls> => (sharedWrites ??= gatherCalls(callers))

/** Only what is named here of a client is looked at; where it is not there, nothing is followed. */
export const knownClients: readonly KnownClient[] = [
  { file: /\/got\/dist\/source\/core\/index\.js$/, className: 'Request', follow: calls('flush') },
  {
    file: /\/stripe\/(?:esm|cjs)\/RequestSender\.js$/,
    className: 'RequestSender',
    follow: calls('_request', '_rawRequest'),
  },
  { file: /\/pg-pool\/index\.js$/, className: 'Pool', follow: pool({ lends: 'connect', asks: ['query'] }) },
  {
    file: /\/pg\/lib\/client\.js$/,
    className: 'Client',
    follow(methods, callers) {
      // What waits for another question is submitted when that was answered.
      const queued = (client: Methods): readonly [unknown, string] => {
        const queue = client['_queryQueue'] ?? Object.getOwnPropertyDescriptor(client, 'queryQueue')?.value
        return [(queue as readonly unknown[] | undefined)?.at(-1), 'submit']
      }
      followCalls(methods, ['query'], callers, { left: queued, alone: true })
    },
  },
  {
    file: /\/mysql2\/lib\/base\/pool\.js$/,
    className: 'BasePool',
    follow: pool({ lends: 'getConnection', asks: ['query', 'execute'], takesBack: 'releaseConnection' }),
  },
  {
    file: /\/mysql2\/lib\/base\/connection\.js$/,
    className: 'BaseConnection',
    follow(methods, callers) {
      followCalls(methods, ['addCommand'], callers, { left: (_, [command]) => [command, 'execute'] })
      followCalls(methods, ['query', 'execute'], callers)
    },
  },
  {
    file: /\/amqplib\/lib\/connection\.js$/,
    className: 'Connection',
    follow: (methods, callers) => gathered(callers).adds(methods, ['sendMethod', 'sendMessage'], ({ muxer }) => muxer),
  },
  {
    file: /\/amqplib\/lib\/mux\.js$/,
    className: 'Mux',
    follow: (methods, callers) => gathered(callers).sends(methods, '_readIncoming'),
  },
  {
    file: /\/@redis\/client\/dist\/lib\/client\/commands-queue\.js$/,
    className: 'RedisCommandsQueue',
    follow(methods, callers) {
      gathered(callers).adds(methods, ['addCommand'], (queue) => queue)
      gathered(callers).hands(methods, 'commandsToWrite')
    },
  },
  {
    file: /\/@redis\/client\/dist\/lib\/client\/socket\.js$/,
    className: 'RedisSocket',
    follow: (methods, callers) => gathered(callers).sends(methods, 'write', (_, [commands]) => commands),
  },
  {
    file: /\/(?:nats-core\/lib|nats\/lib\/nats-base-client)\/protocol\.js$/,
    className: 'ProtocolHandler',
    follow(methods, callers) {
      gathered(callers).adds(methods, ['sendCommand'], (client) => client)
      gathered(callers).sends(methods, 'flushPending')
    },
  },
]
