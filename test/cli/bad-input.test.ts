import net, { type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { project, type Project, type Ran } from '../support/project.ts'

const oneBoundary = (more: string, url = 'http://127.0.0.1:9'): string =>
  `import { defineConfig, http } from 'mortar'
export default defineConfig({ boundaries: { api: http({ origin: '${url}'${more} }) } })`

const allowing = (more: string): string =>
  `export default { matrix: { allow: [{ reason: 'known', until: '2027-01-31', ${more} }] } }`

const ask = `const r = await fetch(process.argv[2]).catch((error) => ({ status: error.cause?.code ?? error.code }))
console.error(r.status)`

/** A child that ends with a coded error, a hint, and no stack trace. */
function expectCoded({ code, stdout, stderr }: Ran, exit: number, ...words: string[]): void {
  const printed = stdout + stderr
  expect(code, printed).toBe(exit)
  for (const word of words) expect(printed).toContain(word)
  expect(printed).toContain('→ ')
  expect(printed).not.toMatch(/^\s+at /m)
}

/** A service that speaks for itself. */
async function service(answer: (socket: net.Socket) => void): Promise<{ port: number; close: () => void }> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

describe('a config', () => {
  test.each([
    ['an unknown key', `export default { boundarys: {} }`, ['MORTAR_CONFIG_UNKNOWN_KEY', 'boundaries']],
    ['an unknown key of a boundary', oneBoundary(`, refreshevry: '7d'`), ['MORTAR_CONFIG_UNKNOWN_KEY', 'refreshEvery']],
    [
      'a wrong value',
      oneBoundary(`, risk: 'huge'`),
      ['MORTAR_CONFIG_INVALID', 'low, medium, high, critical', '"huge"'],
    ],
    ['a verdict that is none', allowing("verdict: 'duplcate'"), ['`matrix.allow[0].verdict`', '`duplicate`']],
    ['a fault that is none', allowing("fault: 'reply lots'"), ['`matrix.allow[0].fault`', '`reply lost`']],
    ['a day that is none', allowing("until: '2027-02-30'"), ['`matrix.allow[0].until`', 'a day such as']],
    ['an origin with a path', oneBoundary('', 'https://api.test/v1'), ['MORTAR_CONFIG_INVALID', 'without a path']],
    ['a duration that is none', oneBoundary(`, refreshEvery: 'weekly'`), ['MORTAR_CONFIG_INVALID', '7d']],
    ['no default export', 'export const a = 1', ['MORTAR_CONFIG_UNREADABLE', 'default export']],
    ['a syntax error', 'export default {', ['MORTAR_CONFIG_UNREADABLE', 'mortar.config.mjs']],
    [
      'two boundaries that claim one address',
      `import { http } from 'mortar'
export default { boundaries: { a: http({ origin: 'https://x.test' }), b: http({ origin: 'https://X.test:443/' }) } }`,
      ['MORTAR_BOUNDARY_CONFLICT', '`a`', '`b`', 'https://x.test'],
    ],
    [
      'a listener at the port of its own origin',
      oneBoundary(', port: 4100', 'http://localhost:4100'),
      ['MORTAR_BOUNDARY_CONFLICT', '`boundaries.api.port`', 'its own origin', 'http://localhost:4100'],
    ],
    [
      'a listener at the port of another origin of this machine',
      `import { http, tcp } from 'mortar'
export default { boundaries: {
  a: http({ origin: 'https://x.test', port: 4101 }), b: tcp({ origin: 'tcp://[::1]:4101' }) } }`,
      ['MORTAR_BOUNDARY_CONFLICT', '`boundaries.a.port`', 'an origin of `b`', 'tcp://[::1]:4101'],
    ],
    ['a contract that is not there', oneBoundary(`, contract: 'no.yaml'`), ['MORTAR_CONTRACT_UNREADABLE', 'no.yaml']],
    [
      'a redaction path that cannot be read',
      `export default { redact: { paths: { email: 'customer..[' } } }`,
      ['MORTAR_CONFIG_INVALID', 'redact'],
    ],
  ])('with %s is refused with a code and a hint', async (_what, config, words) => {
    const made = project({ config })
    expectCoded(await made.mortar(['run', '--', 'node', '-e', '1']), 3, ...words)
  })

  test('that is named but missing is refused', async () => {
    expectCoded(await project().mortar(['map', '--config', 'gone.ts']), 3, 'MORTAR_CONFIG_UNREADABLE', 'gone.ts')
  })

  test('may listen at the port of an origin on another machine, and of a name of its own', async () => {
    const made = project({
      config: oneBoundary(", port: 4102, aliases: ['http://localhost:4102']", 'http://x.test:4102'),
    })
    expect(await made.mortar(['map'])).toMatchObject({ code: 0, stderr: '' })
  })

  test('is not needed', async () => {
    const ran = await project().mortar(['run', '--', 'node', '-e', 'console.log(1)'])
    expect(ran).toMatchObject({ code: 0, stdout: '1\n' })
  })

  test('with a mode that is none in MORTAR_RECORD is refused', async () => {
    const ran = await project().mortar(['run', '--', 'node', '-e', '1'], { env: { MORTAR_RECORD: 'sometimes' } })
    expectCoded(ran, 3, 'MORTAR_CONFIG_INVALID', 'none, once, new, all, live', 'sometimes')
  })
})

describe('a cassette', () => {
  const entry = `"exchanges": [{ "id": "a", "boundary": "api", "protocol": "http", "operation": "GET /",
    "at": "2026-11-01T00:00:00.000Z", "ms": 1,
    "request": { "method": "GET", "url": "http://127.0.0.1:9/", "version": "1.1", "headers": [] },
    "response": { "status": 200, "reason": "OK", "version": "1.1", "headers": [], "body": { "file": "sha256-${'0'.repeat(64)}.bin", "bytes": 3 } } }]`
  const whole = (version: number): string =>
    `{ "mortar": ${version}, "test": { "file": "", "name": "run" },
  "recorded": { "at": "2026-11-01T00:00:00.000Z" }, ${entry}, "redactions": [] }`

  test.each([
    ['is cut off', '{ "mortar": 1,\n  "test": {', ['MORTAR_CASSETTE_UNREADABLE', 'run.json:2']],
    ['has merge conflicts', `<<<<<<< ours\n${whole(1)}`, ['MORTAR_CASSETTE_UNREADABLE', 'run.json', 'conflict']],
    ['is of a future format', whole(2), ['MORTAR_CASSETTE_VERSION', 'run.json']],
    ['is something else', '[1, 2]', ['MORTAR_CASSETTE_UNREADABLE', 'run.json']],
    ['names a body that is gone', whole(1), ['MORTAR_CASSETTE_BODY_MISSING', 'sha256-000']],
  ])('that %s is named, and left as it is', async (_what, text, words) => {
    const made = project({ config: oneBoundary(''), files: { 'cassettes/run.json': text, 'ask.mjs': ask } })
    const ran = await made.mortar([
      'check',
      '--',
      'node',
      '--import',
      'mortar/register',
      'ask.mjs',
      'http://127.0.0.1:9/',
    ])
    const listed = ran.code === 0 ? await made.mortar(['map']) : ran
    expectCoded(listed.code === 0 ? await made.mortar(['export', 'har']) : listed, 3, ...words)
    expect(made.read('cassettes/run.json')).toBe(text)
  })
})

describe('the command line', () => {
  test('says that a port is taken, and by which boundary it was wanted', async () => {
    const { port, close } = await service(() => {})
    const ran = await project({ config: oneBoundary(`, port: ${port}`) }).mortar(['run', '--', 'node', '-e', '1'])
    close()
    expectCoded(ran, 3, 'MORTAR_PORT_IN_USE', String(port), 'api')
  })

  test('says that a command does not exist', async () => {
    expectCoded(
      await project().mortar(['run', '--', 'no-such-command']),
      3,
      'MORTAR_COMMAND_NOT_FOUND',
      'no-such-command',
    )
  })

  test('says that there is no test command', async () => {
    expectCoded(await project().mortar(['check']), 2, 'MORTAR_USAGE', 'vitest run')
  })

  test('reports a boundary that nothing asked', async () => {
    const ran = await project({ config: oneBoundary('') }).mortar(['check', '--', 'node', '-e', '1'])
    expect(ran.stdout).toContain('api')
    expect(ran.stdout).toMatch(/nothing|never/i)
  })
})

describe('a service that fails while it is recorded', () => {
  async function recordAndReplay(port: number, close: () => void, more = ''): Promise<[Ran, Ran, Project]> {
    const config = oneBoundary(`, env: 'API'${more}`, `http://127.0.0.1:${port}`)
    const made = project({ config, files: { 'ask.mjs': ask } })
    const args = ['check', '--', 'node', '--import', 'mortar/register', 'ask.mjs', `http://127.0.0.1:${port}/`]
    const recorded = await made.mortar(args)
    close()
    return [recorded, await made.mortar(args, { env: { MORTAR_RECORD: 'none' } }), made]
  }

  test.each([
    ['resets', (socket: net.Socket) => socket.resetAndDestroy(), 'MORTAR_UPSTREAM_RESET', 'ECONNRESET', ''],
    ['never answers', () => {}, 'MORTAR_UPSTREAM_TIMEOUT', 'ETIMEDOUT', ', timeoutMs: 400'],
    [
      'sends what is not HTTP',
      (socket: net.Socket) => socket.end('SSH-2.0-x\r\n\r\n'),
      'MORTAR_UPSTREAM_MALFORMED',
      'HPE_',
      '',
    ],
  ])('and %s is recorded as that failure, and said', async (_what, answer, code, seen, more) => {
    const { port, close } = await service(answer)
    const [recorded, replayed, made] = await recordAndReplay(port, close, more)
    expect(recorded.stdout).toContain(code)
    expect(recorded.stderr).toContain(seen)
    expect(replayed.stderr).toContain(seen)
    expect(replayed.code).toBe(0)
    expect(made.read('cassettes/outside-of-tests.json')).toContain('"failure"')
  })

  test('and is down is recorded as that failure, and said', async () => {
    const { port, close } = await service(() => {})
    close()
    const [recorded, replayed] = await recordAndReplay(port, () => {})
    expect(recorded.stdout).toContain('MORTAR_UPSTREAM_UNREACHABLE')
    expect(replayed.stderr).toContain('ECONNREFUSED')
  })
})
