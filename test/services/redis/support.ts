import { redisWire } from '../../../src/protocols/redis/redis-wire.ts'
import type { RedisQuestion, RedisReply } from '../../../src/protocols/redis/message.ts'
import type { Faults } from '../../../src/core/fault.ts'
import type { optionalPackage } from '../../support/optional-package.ts'
import { installed } from '../../support/server-process.ts'
import { wireRelay, type WireRelay } from '../../support/wire-relay.ts'

/** Redis of this machine; absent: tests are skipped, and it has been said. */
export const redisServer: string | undefined = installed('redis-server')

/** How a Redis without persistence is started. */
export function redisArguments(port: number, folder: string): string[] {
  return ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
}

/** A relay to a Redis that runs. */
export function redisRelay(
  port: number,
  faults?: Faults,
  keepBytes?: number,
): Promise<WireRelay<RedisQuestion, RedisReply>> {
  return wireRelay(redisWire(), port, faults, keepBytes)
}

/** An object of a client library, whose types are absent where the library is. */
export type Client = ReturnType<typeof optionalPackage>
