import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeResp } from '../../../src/protocols/redis/encode.ts'
import type { Resp } from '../../../src/protocols/redis/resp.ts'
import { RespScanner } from '../../../src/protocols/redis/scanner.ts'
import { optionalPackage } from '../../support/optional-package.ts'

const Parser = optionalPackage('redis-parser')

it.skipIf(!Parser)('reads RESP2 as redis-parser does, whatever the chunks', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab 1é-+$*:'), maxLength: 10 })
  const leaf: fc.Arbitrary<Resp> = fc.oneof(
    text.map((value): Resp => ({ type: 'simple', text: value })),
    fc.integer().map((value): Resp => ({ type: 'integer', text: String(value) })),
    fc.constantFrom<Resp>({ type: 'null', form: 'bulk' }, { type: 'null', form: 'array' }),
    fc
      .uint8Array({ maxLength: 30 })
      .map((bytes): Resp => ({ type: 'bulk', bytes: Buffer.from(bytes), size: bytes.length })),
  )
  const list = fc.array(leaf, { maxLength: 4 }).map((items): Resp => ({ type: 'array', items }))
  const values = fc.array(fc.oneof(leaf, list), { maxLength: 6 })
  fc.assert(
    fc.property(values, fc.array(fc.nat(), { maxLength: 12 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(encodeResp))
      const edges = [
        0,
        ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b),
        bytes.length,
      ]
      const theirs: unknown[] = []
      const ours: unknown[] = []
      const fail = (error: Error): never => {
        throw error
      }
      const parser = new Parser({
        returnReply: (value: unknown) => theirs.push(value),
        returnError: fail,
        returnFatalError: fail,
        returnBuffers: true,
      })
      const scanner = new RespScanner()
      for (const [i, end] of edges.slice(1).entries()) {
        const chunk = bytes.subarray(edges[i], end)
        parser.execute(Buffer.from(chunk))
        for (let found = scanner.next(chunk, 0); found; found = scanner.next(chunk, found.end))
          ours.push(plain(found.frame.value))
      }
      expect(ours).toEqual(theirs)
    }),
  )
})

/** A value as redis-parser hands it over. */
function plain(value: Resp): unknown {
  if (value.type === 'null') return null
  if (value.type === 'integer') return Number(value.text)
  if ('text' in value) return Buffer.from(value.text)
  if ('bytes' in value) return value.bytes
  return 'items' in value ? value.items.map(plain) : undefined
}
