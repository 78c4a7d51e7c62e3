import type { ServiceBoundaryOptions } from '../../core/boundary.ts'
import type { Recorder } from '../../core/recorder.ts'
import type { ProcessIsolation } from '../../core/process-isolation.ts'
import type { NatsQuestion } from '../../protocols/nats/message.ts'
import { describe } from '../../protocols/redis/describe.ts'
import type { RedisQuestion } from '../../protocols/redis/message.ts'
import { carryOnly, movedUrl, serverOf } from '../carry-only.ts'
import type { Isolate } from '../isolation.ts'
import type { ServerPlace } from './reset.ts'
import { resetMqtt, retainedTopic } from './reset-mqtt.ts'
import { publishedId, resetNats } from './reset-nats.ts'
import { resetRedis } from './reset-redis.ts'

/** A boundary that can have a server process per worker. */
export interface ProcessBoundaryOptions extends ServiceBoundaryOptions {
  readonly isolation?: ProcessIsolation
}

/** How one kind of server forgets what a test has left in it. */
interface Forgetting {
  readonly defaultPort: number
  /** What of a question must be known for that; `undefined`: it changes nothing. */
  trace(question: never): string | undefined
  forget(server: ServerPlace, traces: ReadonlySet<string>): Promise<void>
}

const kinds: Readonly<Record<'redis' | 'nats' | 'mqtt', Forgetting>> = {
  redis: { defaultPort: 6379, trace: writes, forget: resetRedis },
  nats: { defaultPort: 4222, trace: publishes, forget: resetNats },
  mqtt: { defaultPort: 1883, trace: retainedTopic, forget: resetMqtt },
}

function writes(question: RedisQuestion): string | undefined {
  return describe(question).effect ? 'a key' : undefined
}

function publishes({ kind, headers }: NatsQuestion): string | undefined {
  if (kind !== 'publish') return undefined
  return /^Nats-Msg-Id:/im.test(headers) ? publishedId : 'a message'
}

/**
 * A server process for each worker, which forgets between tests: Redis its keys, NATS what its streams hold, MQTT its
 * retained messages. Connections and subscriptions stay. A server whose address was given is left as it is.
 */
export function isolateByProcess(protocol: keyof typeof kinds): Isolate<ProcessBoundaryOptions, never, never> {
  return async (options) => {
    const { input, recorder, url } = options
    const { defaultPort, trace, forget } = kinds[protocol]
    const own = input.isolation === 'none' ? undefined : await options.startOwn?.()
    const traces = new Set<string>()
    const noticing: Recorder<never, never> = {
      ...recorder,
      open(question) {
        const left = trace(question)
        if (left !== undefined) traces.add(left)
        return recorder.open(question)
      },
    }
    const server = own?.url ?? url
    try {
      const carried = await carryOnly(protocol)({ ...options, url: server, recorder: noticing })
      return {
        ...carried,
        url: movedUrl(url, serverOf(carried.url, defaultPort)),
        shared: own === undefined,
        async next() {
          if (!own || traces.size === 0) return []
          const left = new Set(traces)
          traces.clear()
          await forget(placeOf(server, defaultPort), left)
          return []
        },
        async close() {
          await carried.close()
          await own?.close()
        },
      }
    } catch (error) {
      await own?.close()
      throw error
    }
  }
}

function placeOf(url: string, defaultPort: number): ServerPlace {
  const { username, password } = new URL(url)
  return {
    ...serverOf(url, defaultPort),
    ...(username !== '' && { user: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  }
}
