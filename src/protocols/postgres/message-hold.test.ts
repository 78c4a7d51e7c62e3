import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Faults } from '../../core/fault.ts'
import type { Lane } from '../../core/lane.ts'
import { query } from './encode.ts'
import { MessageHold } from './message-hold.ts'
import { PostgresSession } from './session.ts'

it('a message that had begun before the fault was armed goes through, and the next one is struck', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 17 }), fc.integer({ min: 1, max: 50 }), async (begun, size) => {
      const [first, second] = [query('select begun'), query('select next')]
      const session = new PostgresSession({ parameters: new Map() })
      session.server(Buffer.from('Z\0\0\0\x05I'))
      const struck: string[] = []
      const faults: Faults = {
        watching: true,
        concerns: () => true,
        strike: ({ fingerprint }) => void struck.push(fingerprint),
        disturb: (_from, next) => next,
      }
      const sent: Uint8Array[] = []
      const lane: Lane = {
        write: (bytes) => void sent.push(bytes),
        end() {},
        reset() {},
        drain: () => Promise.resolve(),
        gone: new AbortController().signal,
      }
      // Answers as soon as it is waited for.
      const quiet = async (): Promise<void> => session.server(Buffer.from('C\0\0\0\x05\0Z\0\0\0\x05I'))
      const control = { quiet, dismiss() {}, dismissIdle() {}, loseAnswer: quiet, reset() {} }
      const hold = new MessageHold({ session, faults, lane, control })
      session.client(first.subarray(0, begun))
      const rest = Buffer.concat([first.subarray(begun), second])
      for (let at = 0; at < rest.length; at += size) await hold.push(rest.subarray(at, at + size))
      const whole = Buffer.concat([first.subarray(0, begun), ...sent.filter((bytes) => bytes[0] !== 0x48)])
      expect(whole.equals(Buffer.concat([first, second]))).toBe(true)
      expect(struck).toEqual(begun === 0 ? ['SELECT begun', 'SELECT next'] : ['SELECT next'])
    }),
  )
})
