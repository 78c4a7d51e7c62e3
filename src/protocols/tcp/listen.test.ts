import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listenForBytes } from './listen.ts'
import type { TcpReply } from './message.ts'

describe('listening for recorded bytes', () => {
  const split = (bytes: Uint8Array, cuts: readonly number[]): TcpReply[] => {
    const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b)
    const edges = [0, ...at, bytes.length]
    return edges.slice(1).map((end, i) => ({ type: 'data', bytes: bytes.subarray(edges[i], end) }))
  }
  async function* stream(chunks: readonly TcpReply[]): AsyncGenerator<TcpReply> {
    yield* chunks
    yield { type: 'end' }
  }

  it('accepts the same bytes in any chunks, and no others', async () => {
    const cuts = fc.array(fc.nat(), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        cuts,
        cuts,
        fc.option(fc.nat()),
        async (bytes, a, b, flip) => {
          const sent = bytes.slice()
          if (flip !== null) sent[flip % sent.length]! ^= 1
          const listen = listenForBytes(stream(split(sent, a)))
          const results = []
          for (const recorded of split(bytes, b)) {
            results.push(await listen(recorded))
            if (results.at(-1)) break
          }
          results.push(await listen({ type: 'end' }))
          expect(results.some((result) => result !== undefined)).toBe(flip !== null)
        },
      ),
    )
  })

  it('lets a placeholder stand for the secret that the client still sends', async () => {
    const data = (text: string): TcpReply => ({ type: 'data', bytes: Buffer.from(text) })
    const recorded = data('AUTH {{password:1f2e3d4c}} now\r\n')
    expect(await listenForBytes(stream([data('AUTH hun'), data('ter2 now\r\n')]))(recorded)).toBeUndefined()
    expect(await listenForBytes(stream([data('AUTX hunter2 now\r\n')]))(recorded)).toEqual({
      asked: data('AUTX hunter2 now\r\n'),
    })
    expect(await listenForBytes(stream([data('AUTH ')]))(recorded)).toEqual({ asked: { type: 'end' } })
  })
})
