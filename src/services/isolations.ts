import type { WireName } from '../protocols/wires.ts'
import type { Isolate } from './isolation.ts'
import { carryOnly } from './carry-only.ts'

type AnyIsolate = Isolate<never, never, never>

const isolations: Readonly<Partial<Record<WireName, () => Promise<unknown>>>> = {
  postgres: async () => (await import('./postgres-isolation/isolate.ts')).isolatePostgres,
  mysql: async () => (await import('./mariadb-isolation/isolate.ts')).isolateMysql,
  redis: async () => (await import('./worker-process/isolate.ts')).isolateByProcess('redis'),
  amqp: async () => (await import('./rabbitmq-isolation/isolate.ts')).isolateRabbitmq,
  nats: async () => (await import('./worker-process/isolate.ts')).isolateByProcess('nats'),
  mqtt: async () => (await import('./worker-process/isolate.ts')).isolateByProcess('mqtt'),
}

/** How the tests of a worker are kept apart at servers of this protocol; loaded when first used. */
export async function isolationOf(protocol: WireName): Promise<AnyIsolate> {
  return ((await isolations[protocol]?.()) ?? carryOnly(protocol)) as AnyIsolate
}
