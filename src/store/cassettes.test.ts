import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bodyText, httpExchange } from '../../test/support/http-exchange.ts'
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

describe('a cassette', () => {
  it('stands where the test file and name say', () => {
    const cassettes = openCassettes('/project/cassettes', notations)
    expect(cassettes.path(test)).toMatch(
      /^\/project\/cassettes\/test\/pay\.test\/payments-charges-the-card-once-[0-9a-f]{6}\.json$/,
    )
    expect(cassettes.path({ file: '../other/a.test.ts', name: '../../x' })).toMatch(
      /^\/project\/cassettes\/_\/other\/a\.test\/x-[0-9a-f]{6}\.json$/,
    )
    const inFile = (name: string) => cassettes.path({ file: 'a.js', name })
    expect(inFile('…')).toMatch(/^\/project\/cassettes\/a\/test-[0-9a-f]{6}\.json$/)
    expect(inFile('Zahlt über 支付')).toMatch(/\/zahlt-uber-支付-[0-9a-f]{6}\.json$/)
    expect(inFile('A')).not.toBe(inFile('a'))
    expect(cassettes.path({ file: '', name: 'imported/../get issue' })).toBe(
      '/project/cassettes/imported/_/get-issue.json',
    )
  })

  it('is readable JSON in a stable order', () => {
    const cassettes = open()
    const { file } = cassettes.save(
      test,
      [httpExchange({ requestHeaders: [['Accept', 'application/json']], effect: true, ending: 'abandoned' })],
      'replace',
      {
        redactions: [
          { kind: 'jwt', where: 'request.headers.authorization' },
          { kind: 'jwt', where: 'request.headers.authorization' },
        ],
        recorded: { at: '2026-11-20T10:15:00.000Z', by: 'mortar 0.1.0', on: 'linux x64, node 24.21.0', ci: false },
      },
    )
    expect(readFileSync(file, 'utf8')).toBe(`{
  "mortar": 1,
  "test": {
    "file": "test/pay.test.ts",
    "name": "payments > charges the card once"
  },
  "recorded": {
    "at": "2026-11-20T10:15:00.000Z",
    "by": "mortar 0.1.0",
    "on": "linux x64, node 24.21.0",
    "ci": false
  },
  "exchanges": [
    {
      "id": "e1",
      "boundary": "things",
      "protocol": "http",
      "operation": "GET /things",
      "effect": true,
      "at": "2026-11-20T00:00:00.000Z",
      "ms": 5,
      "ending": "abandoned",
      "request": {
        "method": "GET",
        "url": "https://api.example.com/things",
        "version": "1.1",
        "headers": [
          ["Accept", "application/json"]
        ]
      },
      "response": {
        "ms": 5,
        "status": 200,
        "reason": "OK",
        "version": "1.1",
        "headers": [],
        "body": {
          "json": {
            "ok": true
          }
        }
      }
    }
  ],
  "redactions": [
    {
      "kind": "jwt",
      "count": 2,
      "where": ["request.headers.authorization"]
    }
  ]
}
`)
  })

  it('gives back the exchanges it was given', () => {
    const cassettes = open()
    const exchange = httpExchange({ effect: true, ending: 'abandoned', durationMs: 12.5 })
    cassettes.save(test, [exchange], 'replace')
    expect(cassettes.load(test)?.exchanges).toEqual([{ ...exchange, test }])
    expect(cassettes.load(test)?.recorded).toMatchObject({
      by: expect.stringMatching(/^mortar \d/),
      on: expect.stringMatching(/, node \d/),
    })
    expect(cassettes.list()).toEqual([cassettes.path(test)])
    expect(cassettes.load({ ...test, name: 'another' })).toBeUndefined()
  })

  it('adds exchanges in the order of their times, and replaces the one that is there already', () => {
    const cassettes = open()
    const late = httpExchange({ id: 'late', askedAt: 2000 })
    cassettes.save(test, [late], 'append', { redactions: [{ kind: 'jwt', where: 'a' }] })
    const result = cassettes.save(
      test,
      [httpExchange({ id: 'early', askedAt: 1000 }), { ...late, durationMs: 7 }],
      'append',
      {
        redactions: [{ kind: 'jwt', where: 'b' }],
      },
    )
    expect(result).toMatchObject({ saved: 2, total: 2, removed: 1, redactions: 1 })
    const cassette = cassettes.load(test)!
    expect(cassette.exchanges.map((e) => [e.id, e.durationMs])).toEqual([
      ['early', 5],
      ['late', 7],
    ])
    expect(cassette.redactions).toEqual([{ kind: 'jwt', count: 2, where: ['a', 'b'] }])
  })

  it('keeps both of two exchanges that got the same id in different runs', () => {
    const cassettes = open()
    cassettes.save(test, [httpExchange({ askedAt: 1000, body: 'first' })], 'append')
    cassettes.save(test, [httpExchange({ askedAt: 2000, body: 'second' })], 'append')
    expect(cassettes.load(test)!.exchanges.map((e) => [e.id, bodyText(e)])).toEqual([
      ['e1', 'first'],
      ['e1~2', 'second'],
    ])
  })

  it('replaces all exchanges but those that are to be kept', () => {
    const cassettes = open()
    cassettes.save(test, [httpExchange({ id: 'a', boundary: 'kept' }), httpExchange({ id: 'b' })], 'replace')
    const keep = { keep: (exchange: { boundary: string }) => exchange.boundary === 'kept' }
    expect(cassettes.save(test, [httpExchange({ id: 'c' })], 'replace', keep)).toMatchObject({ total: 2, removed: 1 })
    expect(cassettes.load(test)!.exchanges.map((e) => e.id)).toEqual(['a', 'c'])
    expect(cassettes.save(test, [httpExchange({ id: 'd' })], 'replace')).toMatchObject({ total: 1, removed: 2 })
  })

  it('loads 10,000 exchanges well within a second', () => {
    const cassettes = open()
    const body = JSON.stringify({ items: Array.from({ length: 20 }, (_, id) => ({ id, name: `item ${id}` })) })
    const exchanges = Array.from({ length: 10_000 }, (_, i) =>
      httpExchange({ id: `e${i}`, url: `https://a.example/${i}`, body }),
    )
    cassettes.save(test, exchanges, 'replace')
    // What others have of the processor meanwhile does not count.
    const before = process.threadCpuUsage()
    const loaded = cassettes.load(test)!
    const { user, system } = process.threadCpuUsage(before)
    expect(loaded.exchanges).toHaveLength(10_000)
    expect((user + system) / 1000).toBeLessThan(1_000)
    expect(bodyText(loaded.exchanges[9_999]!)).toBe(body)
  })
})

describe('a cassette that cannot be used', () => {
  const valid = (change: object) =>
    JSON.stringify(
      { mortar: 1, test, recorded: { at: '2026-11-20T00:00:00Z' }, exchanges: [], redactions: [], ...change },
      null,
      2,
    )

  it.each<[string, string, string]>([
    ['is empty', '', ':1:1'],
    ['is cut off', valid({}).slice(0, 50), ':4:22'],
    ['has a typing error', '{\n  "mortar": 1,\n  "test": oops\n}', ':3:11'],
    ['holds a merge conflict', '{\n  "mortar": 1,\n<<<<<<< HEAD\n  "a": 1\n=======\n  "a": 2\n>>>>>>> b\n}', ':3:1'],
    ['is another kind of JSON', '[1]', ':1:1'],
    ['has no list of exchanges', valid({ exchanges: {} }), ':10:16 (exchanges)'],
    ['has an exchange without id', valid({ exchanges: [{}] }), ':11:5 (exchanges[0].id)'],
    ['has an impossible time', valid({ recorded: { at: 'yesterday' } }), ':8:11 (recorded.at)'],
  ])('names file, line and column when it %s', (_title, text, where) => {
    const { cassettes, file } = withText(text)
    expect(() => cassettes.load(test)).toThrow(
      expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE', where: file + where }),
    )
  })

  it('says so when the reason is a merge conflict, and what to do', () => {
    const { cassettes } = withText('{\n<<<<<<< HEAD\n=======\n>>>>>>> b\n}')
    expect(() => cassettes.load(test)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('merge conflict'),
        hint: expect.stringContaining('--ours'),
      }),
    )
  })

  it('names the field of an exchange that is wrong inside', () => {
    const exchange = { id: 'a', boundary: 'b', protocol: 'http', operation: 'GET /', at: '2026-11-20T00:00:00Z' }
    const { cassettes, file } = withText(valid({ exchanges: [{ ...exchange, request: { method: 7 } }] }))
    const { exchanges } = cassettes.load(test)!
    expect(exchanges[0]!.operation).toBe('GET /')
    expect(() => exchanges[0]!.question).toThrow(
      expect.objectContaining({
        reason: '`exchanges[0].request.method` is not a text',
        where: `${file}:18:19 (exchanges[0].request.method)`,
      }),
    )
  })

  it('is of a newer version', () => {
    const { cassettes } = withText(valid({ mortar: 2, exchanges: 'quite different' }))
    expect(() => cassettes.load(test)).toThrow(expect.objectContaining({ code: 'MORTAR_CASSETTE_VERSION', seen: '2' }))
  })

  it('is not overwritten by adding to it, but is by replacing it', () => {
    const { cassettes, file } = withText('{ torn')
    expect(() => cassettes.save(test, [httpExchange()], 'append')).toThrow(
      expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE' }),
    )
    expect(readFileSync(file, 'utf8')).toBe('{ torn')
    expect(existsSync(`${file}.lock`)).toBe(false)
    cassettes.save(test, [httpExchange()], 'replace')
    expect(cassettes.load(test)!.exchanges).toHaveLength(1)
  })
})

describe('saving', () => {
  const detect = (text: string) => {
    const line = text.split('\n').findIndex((content) => content.includes('s3cr3t')) + 1
    return line > 0 ? [{ kind: 'password', where: `line ${line}` }] : []
  }

  it.each<[string, Parameters<typeof httpExchange>[0], string]>([
    ['a header', { requestHeaders: [['X-Key', 's3cr3t']] }, 'GET /things: request.headers'],
    ['the address', { url: 'http://a/?k=s3cr3t' }, 'GET /things: request.url'],
    ['a JSON body', { body: '{"a":[{"base64":"s3cr3t"}]}' }, 'GET /things: response.body.json.a.base64'],
    ['a large body', { body: `s3cr3t ${'x'.repeat(70_000)}` }, 'body sha256-'],
  ])('refuses a secret in %s and writes nothing', (_title, options, where) => {
    const cassettes = open()
    expect(() => cassettes.save(test, [httpExchange(options)], 'replace', { detect })).toThrow(
      expect.objectContaining({ code: 'MORTAR_SECRET_DETECTED', where: expect.stringContaining(where) }),
    )
    expect(existsSync(cassettes.directory)).toBe(false)
  })

  it('does not take bytes and hashes for secrets', () => {
    const cassettes = open()
    const suspicious = (text: string) => (/[0-9a-zA-Z+/]{40}/.test(text) ? [{ kind: 'high-entropy' }] : [])
    const bodies = [new Uint8Array(200).fill(255), new Uint8Array(300).fill(255)]
    const exchanges = bodies.map((body, i) => httpExchange({ id: `e${i}`, body }))
    expect(cassettes.save(test, exchanges, 'replace', { detect: suspicious }).total).toBe(2)
  })

  it.skipIf(process.getuid?.() === 0)('leaves the old file when the new one cannot be written', () => {
    const cassettes = open()
    const { file } = cassettes.save(test, [httpExchange()], 'replace')
    const before = readFileSync(file, 'utf8')
    chmodSync(dirname(file), 0o555)
    expect(() => cassettes.save(test, [], 'replace')).toThrow(expect.objectContaining({ code: 'MORTAR_WRITE_FAILED' }))
    chmodSync(dirname(file), 0o755)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('fails with a code, and leaves nothing, where no file can be', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'cassettes'), 'a file where the folder should be')
    expect(() => open(folder).save(test, [httpExchange()], 'replace')).toThrow(
      expect.objectContaining({ code: 'MORTAR_WRITE_FAILED' }),
    )
    expect(readdirSync(folder)).toEqual(['cassettes'])
  })

  it('takes over the lock of a process that is gone', () => {
    const cassettes = open()
    const { file } = cassettes.save(test, [httpExchange()], 'replace')
    const host = lockOf(cassettes, file)
    writeFileSync(`${file}.lock`, `${host} 999999999 ${Date.now()} 0 0`)
    cassettes.save(test, [httpExchange({ id: 'e2' })], 'append')
    expect(cassettes.load(test)!.exchanges).toHaveLength(2)
    expect(readdirSync(dirname(file))).toHaveLength(1)
  })
})

/** The host that a lock names, seen while it is held. */
function lockOf(cassettes: Cassettes, file: string): string {
  let content = ''
  const keep = () => {
    content = readFileSync(`${file}.lock`, 'utf8')
    return true
  }
  cassettes.save(test, [], 'replace', { keep })
  return content.split(' ')[0]!
}
