import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerHttp2, awkwardServer } from '../support/awkward-service.ts'
import { printedJson, type Project, project, type Ran, type RunOptions } from '../support/project.ts'
import { closedPort, listening, secureServer, upstream } from '../support/upstream.ts'

type Reports = Record<string, unknown>

const client = join(import.meta.dirname, 'raw-client.fixture.ts')
const doors = ['in-process', 'listener', 'proxy'] as const
type Door = (typeof doors)[number]

const closers: (() => unknown)[] = []
const after = (close: () => unknown): void => void closers.unshift(close)

let truth: Reports
const recorded = {} as Record<Door, Reports>
const replayed = {} as Record<Door, Record<Door, Reports>>
const files = {} as Record<Door, { before: Record<string, string>; after: Record<string, string> }>

beforeAll(async () => {
  const plain = await listening(awkwardServer(), { after })
  const folders = project({ after })
  const { server, caPath } = await secureServer(folders.directory)
  const secure = await listening(server.on('stream', answerHttp2), { after })
  const secureOrigin = secure.origin.replace('http:', 'https:')
  const refused = `http://127.0.0.1:${await closedPort(plain.port, after)}`
  const untrusted = await upstream(() => {}, { tls: join(folders.directory, 'untrusted'), after })
  const addresses = { BASE: plain.origin, REFUSED: refused, UNTRUSTED: untrusted.origin, SECURE: secureOrigin }
  const trust = { NODE_EXTRA_CA_CERTS: caPath }
  const config = `import { defineConfig, http } from 'mortar'
    export default defineConfig({ boundaries: {
      plain: http({ origin: '${plain.origin}', env: 'PLAIN_BASE' }),
      refused: http({ origin: '${refused}', env: 'REFUSED_BASE' }),
      untrusted: http({ origin: '${untrusted.origin}', env: 'UNTRUSTED_BASE' }),
      secure: http({ origin: '${secureOrigin}', env: 'SECURE_BASE' }),
    } })`

  truth = printedJson(await folders.node([client], { env: { ...addresses, ...trust } }))
  const projects = doors.map((door) => [door, project({ config, after })] as const)
  await Promise.all(
    projects.map(async ([door, where]) => {
      recorded[door] = printedJson(await through(door, where, { env: { ...addresses, ...trust } }))
    }),
  )
  await Promise.all([plain.close(), secure.close(), untrusted.close()])
  await Promise.all(
    projects.map(async ([door, where]) => {
      const before = where.files('cassettes')
      replayed[door] = {} as Record<Door, Reports>
      for (const other of doors) {
        const env = { ...addresses, MORTAR_RECORD: 'none' }
        replayed[door][other] = printedJson(await through(other, where, { env }))
      }
      files[door] = { before, after: where.files('cassettes') }
    }),
  )
}, 100_000)

afterAll(async () => {
  for (const close of closers) await close()
})

/** Runs the client so that all it asks comes in by one door; the cassette is the same for all. */
function through(door: Door, where: Project, options: RunOptions): Promise<Ran> {
  if (door === 'in-process') return where.node(['--import', 'mortar/register', client], options)
  const set =
    door === 'listener'
      ? 'BASE=$PLAIN_BASE REFUSED=$REFUSED_BASE UNTRUSTED=$UNTRUSTED_BASE SECURE=$SECURE_BASE'
      : 'PROXY=$HTTPS_PROXY'
  const line = `${set} exec "${process.execPath}" "${client}"`
  return where.mortar(['run', '--cassette', 'outside-of-tests', '--', 'sh', '-c', line], options)
}

/** From outside, a client has a connection to us before the service can refuse one. */
function seenThrough(door: Door, name: string): unknown {
  const unconnected = name.includes('refused') || name.includes('untrusted')
  return unconnected && door !== 'in-process' ? expect.objectContaining({ error: expect.anything() }) : truth[name]
}

describe.each(doors)('a recording made through %s', (door) => {
  it('shows the client what the service itself does', () => {
    for (const name of Object.keys(truth)) {
      expect.soft(recorded[door][name], name).toEqual(seenThrough(door, name))
    }
  })

  describe.each(doors)('replays through %s with the service gone', (other) => {
    it('every case, to the byte', () => {
      for (const name of Object.keys(truth)) {
        expect.soft(replayed[door][other][name], name).toEqual(seenThrough(other, name))
      }
    })
  })

  it('is not touched by replaying it', () => {
    expect(Object.keys(files[door].before).length).toBeGreaterThan(1)
    expect(files[door].after).toEqual(files[door].before)
  })
})

it('tells the failures apart', () => {
  expect(recorded['in-process']).toMatchObject({
    'http: refused': { error: 'ECONNREFUSED' },
    'http: untrusted': { error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    'http: reset': { error: 'ECONNRESET' },
    'http: truncated': { status: 200, body: 'only this much', error: 'ECONNRESET' },
    'http: malformed': { error: expect.stringMatching(/^HPE_/) },
    'http: time-out': { error: 'gave up' },
  })
})
