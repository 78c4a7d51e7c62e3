import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { httpExchange } from '../../test/support/http-exchange.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import type { Notation } from '../core/protocol.ts'
import { httpNotation } from '../protocols/http/notation.ts'
import { openCassettes, type Cassettes } from './cassettes.ts'

const test = { file: 'test/pay.test.ts', name: 'payments > charges the card once' }
const notations = () => httpNotation as Notation<unknown, unknown>

function open(folder = temporaryFolder()): Cassettes {
  return openCassettes(join(folder, 'cassettes'), notations)
}

/** A cassette file with this content. */
function withText(text: string): { readonly cassettes: Cassettes; readonly file: string } {
  const cassettes = open()
  const file = cassettes.path(test)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return { cassettes, file }
}

describe('bodies beside a cassette', () => {
  const large = new Uint8Array(300).map((_, i) => i)

  it('are kept once, in files that Git does not touch', () => {
    const cassettes = open()
    cassettes.save(test, [httpExchange({ id: 'a', body: large }), httpExchange({ id: 'b', body: large })], 'replace')
    const names = readdirSync(join(cassettes.directory, 'bodies'))
    expect(names.toSorted()).toEqual(['.gitattributes', expect.stringMatching(/^sha256-[0-9a-f]{64}\.bin$/)])
    const [first] = cassettes.load(test)!.exchanges
    expect(first!.messages[1]).toMatchObject({ message: { type: 'data', bytes: Buffer.from(large) } })
  })

  it('are deleted by pruning once no cassette refers to them, and not before they are old enough', () => {
    const cassettes = open()
    cassettes.save(
      test,
      [httpExchange({ id: 'a', body: large }), httpExchange({ id: 'b', body: large.toReversed() })],
      'replace',
    )
    cassettes.save(test, [httpExchange({ id: 'a', body: large })], 'replace')
    const leftover = join(cassettes.directory, 'test', '.mortar-tmp-999999999-0-0')
    writeFileSync(leftover, 'half')
    expect(cassettes.pruneBodies()).toEqual(['.mortar-tmp-999999999-0-0'])
    expect(cassettes.pruneBodies(0)).toHaveLength(1)
    expect(existsSync(leftover)).toBe(false)
    expect(cassettes.load(test)!.exchanges[0]!.messages).toHaveLength(2)
  })

  it('become young again when a save refers to them anew', () => {
    const cassettes = open()
    cassettes.save(test, [httpExchange({ body: large })], 'replace')
    const folder = join(cassettes.directory, 'bodies')
    const name = readdirSync(folder).find((file) => file.startsWith('sha256'))!
    utimesSync(join(folder, name), 1, 1)
    cassettes.save(test, [httpExchange({ body: large })], 'replace')
    rmSync(cassettes.path(test))
    expect(cassettes.pruneBodies()).toEqual([])
  })

  it('are missed by name, file and line', () => {
    const cassettes = open()
    cassettes.save(test, [httpExchange({ body: large })], 'replace')
    rmSync(join(cassettes.directory, 'bodies'), { recursive: true })
    const [exchange] = cassettes.load(test)!.exchanges
    expect(() => exchange!.messages).toThrow(
      expect.objectContaining({
        code: 'MORTAR_CASSETTE_BODY_MISSING',
        message: expect.stringContaining('sha256-'),
        where: expect.stringMatching(/\.json:14:5 \(exchanges\[0\]\)$/),
      }),
    )
  })

  it('are refused when their content has changed', () => {
    const cassettes = open()
    cassettes.save(test, [httpExchange({ body: large })], 'replace')
    const folder = join(cassettes.directory, 'bodies')
    const name = readdirSync(folder).find((file) => file.startsWith('sha256'))!
    writeFileSync(join(folder, name), 'other')
    expect(() => cassettes.load(test)!.exchanges[0]!.messages).toThrow(
      expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE', message: expect.stringContaining(name) }),
    )
  })

  it.each(['../../../etc/passwd', '/etc/passwd', 'sha256-xyz', `sha256-${'0'.repeat(64)}/../x.bin`])(
    'are never sought under the name %s',
    (name) => {
      const { cassettes } = withText(
        JSON.stringify({
          mortar: 1,
          test,
          recorded: { at: '2026-11-20T00:00:00Z' },
          exchanges: [
            {
              id: 'a',
              boundary: 'b',
              protocol: 'http',
              operation: 'GET /',
              at: '2026-11-20T00:00:00Z',
              request: { method: 'GET', url: 'http://a/', body: { file: name, bytes: 1 } },
            },
          ],
        }),
      )
      expect(() => cassettes.load(test)!.exchanges[0]!.question).toThrow(
        expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE', seen: name }),
      )
    },
  )
})
