import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { type Project, project, repository, type Running } from '../support/project.ts'
import { join } from 'node:path'
import { upstream } from '../support/upstream.ts'

const mortarPath = join(repository, 'dist/cli/main.js')

type After = (close: () => Promise<void> | void) => void

/** A project with one boundary, `shop`, whose service echoes its path. */
async function shop(after: After, files: Record<string, string> = {}): Promise<Project> {
  const service = await upstream(
    (request, response) => request.resume().on('end', () => response.end(`at ${request.url}`)),
    { after },
  )
  return project({ after, files, config: configFor(service.origin) })
}

function configFor(origin: string): string {
  return `import { http } from 'mortar'
  export default { boundaries: { shop: http({ origin: '${origin}', env: 'SHOP' }) } }`
}

const asks = `await (await fetch(process.env.SHOP + (process.argv[2] ?? '/a'))).text()`

/** Asks once and then serves until it is told to stop. */
const serves = `${asks}
console.log('ready')
setInterval(() => {}, 1000)
`

const python = `
import os, sys, urllib.request
urllib.request.urlopen(os.environ["SHOP"] + sys.argv[1]).read()
`

describe.concurrent('mortar run', () => {
  it('says why the service could not be asked, and what to do, once per code', async ({ onTestFinished: after }) => {
    const made = project({
      after,
      // Nothing listens on the discard port.
      config: configFor('http://127.0.0.1:9'),
      files: { 'app.py': python },
    })
    const { code, stderr } = await made.mortar(['run', '--', 'python3', 'app.py', '/a'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^MORTAR_UPSTREAM_UNREACHABLE {2}shop: GET .*refused/m)
    expect(stderr.match(/^→ .*service is running/gm)).toHaveLength(1)
  })

  it('says as JSON what it ends with', async ({ onTestFinished: after }) => {
    const made = await shop(after, { 'app.mjs': asks })
    const ran = await made.mortar(['run', '--json', '--', 'node', 'app.mjs'])
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({ verdict: { passed: true, exitCode: 0, reasons: [] } })
    const failed = await made.mortar(['run', '--json', '--', 'node', '-e', 'process.exit(3)'])
    expect(JSON.parse(failed.stdout)).toMatchObject({ verdict: { passed: false, exitCode: failed.code } })
  })

  it('says which client distrusts its certificates', async ({ onTestFinished: after }) => {
    const made = project({
      after,
      config: configFor('https://shop.example.com'),
      files: {
        'app.py': `
import ssl, urllib.request
urllib.request.urlopen("https://shop.example.com/a", context=ssl.create_default_context(cadata=None, cafile=None, capath="/nowhere"))
`,
      },
    })
    const { stderr } = await made.mortar(['run', '--', 'env', '-u', 'SSL_CERT_FILE', 'python3', 'app.py'])
    expect(stderr).toMatch(/^MORTAR_CLIENT_TLS {2}/m)
    expect(stderr).toMatch(/^→ .*ca\.pem/m)
  })

  it('names its own command in the fix of a miss', async ({ onTestFinished: after }) => {
    const made = await shop(after, { 'app.py': python })
    await made.mortar(['run', '--', 'python3', 'app.py', '/a'])
    const { code, stderr } = await made.mortar(['run', '--', 'python3', 'app.py', '/b'])
    expect(code).toBe(1)
    expect(stderr).toContain('MORTAR_RECORD=new npx mortar run -- python3 app.py /b')
    expect(stderr).not.toContain('npx mortar check')
  })
})

describe.concurrent('a variable that nobody reads', () => {
  it(
    'is named by `mortar run` and `mortar matrix`, with the one that was meant',
    { timeout: 60_000 },
    async ({ onTestFinished: after }) => {
      const service = await upstream((_request, response) => void response.end('{}'), { after })
      const made = project({
        after,
        config: `import { http } from 'mortar'
export default { boundaries: {
  shop: http({ origin: '${service.origin}', env: 'SHOP_URL', record: 'live' }),
  stock: http({ origin: 'https://stock.test', env: 'STOCK_ULR', record: 'live' }) } }`,
        files: { 'app.mjs': `await fetch(process.env.SHOP_URL + '/a')` },
      })
      const env = { STOCK_URL: 'https://stock.test' }
      const line =
        'mortar: stock was asked nothing. Check that the program reads `STOCK_ULR`, which leads to it; ' +
        'the environment has `STOCK_URL`.'
      for (const typed of [['run'], ['matrix', '--fault', '503', '--baseline', '1']]) {
        const { stderr } = await made.mortar([...typed, '--', 'node', 'app.mjs'], { env })
        expect(stderr.split('\n').filter((one) => one.includes('asked nothing'))).toEqual([line])
      }
    },
  )
})

describe.concurrent('Ctrl-C', () => {
  it('ends `mortar run` in order, with what was recorded saved', async ({ onTestFinished: after }) => {
    const made = await shop(after, { 'server.mjs': serves })
    const cli = made.start(process.execPath, [mortarPath, 'run', '--', 'node', 'server.mjs'], { cwd: made.directory })
    await cli.said('ready')
    cli.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect({ code, stderr }).toMatchObject({ code: 130 })
    expect(stderr).toContain('stopped by SIGINT; 1 exchange saved to 1 cassette')
    expect(made.has('cassettes/run.json')).toBe(true)
    expect(made.has('.mortar/report.html')).toBe(true)
    expect((await made.mortar(['record', '--recover'])).stdout).toBe('Nothing to recover.\n')
  })

  it('leaves out what was being answered', async ({ onTestFinished: after }) => {
    // The second answer never comes.
    const service = await upstream(
      (request, response) => void (request.url === '/b' ? response.writeHead(200).flushHeaders() : response.end('a')),
      { after },
    )
    const server = `${asks}
      void fetch(process.env.SHOP + '/b').then(() => console.log('ready'))
      setInterval(() => {}, 1000)`
    const made = project({ after, files: { 'server.mjs': server }, config: configFor(service.origin) })
    const cli = made.start(process.execPath, [mortarPath, 'run', '--', 'node', 'server.mjs'])
    await cli.said('ready')
    cli.kill('SIGINT')
    expect((await cli.ended).stderr).toContain('1 exchange saved')
    expect(made.read('cassettes/run.json')).toContain('/a')
    expect(made.read('cassettes/run.json')).not.toContain('/b')
  })

  it.for(['check', 'record'])('ends `mortar %s` with 130 and a report', async (name, { onTestFinished: after }) => {
    const made = await shop(after, { 'server.mjs': serves })
    const cli = made.start(process.execPath, [mortarPath, name, '--', 'node', 'server.mjs'])
    await cli.said('ready')
    cli.kill('SIGINT')
    const { code, stdout } = await cli.ended
    expect(code).toBe(130)
    expect(stdout).toContain('the test command was ended by a signal')
    expect(made.has('.mortar/report.html')).toBe(true)
  })

  it('ends what a shell waits for that does not tell it', async ({ onTestFinished: after }) => {
    const made = await shop(after, { 'spins.mjs': `process.stdout.write('ready')\nfor (;;);` })
    made.write('mortar.config.mjs', `export default { test: 'node spins.mjs; exit 1' }`)
    const cli = made.start(process.execPath, [mortarPath, 'check'])
    await cli.said('ready')
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(130)
  })

  it('keeps of a suite what the tests recorded that had passed by then', async ({ onTestFinished: after }) => {
    const service = await upstream(
      (request, response) => request.resume().on('end', () => response.end(`at ${request.url}`)),
      { after },
    )
    const made = project({
      after,
      packages: ['vitest'],
      config: configFor(service.origin),
      files: {
        'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
        export default { plugins: [mortar()], test: { testTimeout: 0 } }`,
        'a.test.mjs': `import { it } from 'vitest'
        it('passes', async () => { await (await fetch('${service.origin}/passes')).text() })
        it('hangs', async () => {
          await (await fetch('${service.origin}/hangs')).text()
          process.stderr.write('rea' + 'dy')
          await new Promise(() => {})
        })`,
      },
    })
    const cli = made.start(process.execPath, [mortarPath, 'record', '--', 'vitest', 'run'])
    await cli.said('ready')
    cli.kill('SIGINT')
    const { code, stdout, stderr } = await cli.ended
    expect(code).toBe(130)
    expect(stdout).toContain('added    GET /passes')
    expect(stdout).not.toContain('added    GET /hangs')
    expect(stderr).toContain('stopped by SIGINT; 1 exchange saved to 1 cassette')
  })

  it('does not take a test that was running for one that passed', async ({ onTestFinished: after }) => {
    const start = `await fetch(process.env.MORTAR_CONTROL + '/test/start', {
      method: 'POST', body: JSON.stringify({ file: 'a.test', name: 'is cut off' }) })`
    const made = await shop(after, { 'server.mjs': `${start}\n${serves}` })
    const cli = made.start(process.execPath, [mortarPath, 'run', '--', 'node', 'server.mjs'])
    await cli.said('ready')
    cli.kill('SIGINT')
    const { stderr } = await cli.ended
    expect(stderr).toContain('MORTAR_NOT_SAVED')
    expect(made.has('cassettes')).toBe(false)
  })

  it('a second time ends what does not want to end', async ({ onTestFinished: after }) => {
    const made = await shop(after, { 'server.mjs': `process.on('SIGTERM', () => console.log('no'))\n${serves}` })
    const cli = made.start(process.execPath, [mortarPath, 'run', '--', 'node', 'server.mjs'])
    await cli.said('ready')
    cli.kill('SIGTERM')
    await cli.said('no')
    // Sooner, it would be taken for the same press of a key that came by two ways.
    await delay(600)
    cli.kill('SIGTERM')
    expect((await cli.ended).code).toBe(137)
  })
})

describe.concurrent('what a command has started', () => {
  const lives = `import { writeFileSync } from 'node:fs'
process.on('SIGTERM', () => { writeFileSync('told', ''); process.exit() })
writeFileSync('ready', '')
setInterval(() => {}, 1000)`
  /** A program behind a shell that tells nobody of signals, under `mortar run` or `mortar matrix`. */
  async function started(after: After, name: string): Promise<{ made: Project; cli: Running }> {
    const made = await shop(after, { 'lives.mjs': lives })
    const cli = made.start(process.execPath, [mortarPath, name, '--', 'sh', '-c', 'node lives.mjs; true'])
    await vi.waitFor(() => expect(made.has('ready')).toBe(true), { timeout: 20_000 })
    return { made, cli }
  }

  it('is told of a signal that a shell has kept to itself, and ends before we do', async ({
    onTestFinished: after,
  }) => {
    const { made, cli } = await started(after, 'run')
    cli.kill('SIGTERM')
    expect((await cli.ended).code).toBe(143)
    expect(made.has('told')).toBe(true)
  })

  it.for(['run', 'matrix'])('does not outlive `mortar %s` that is killed', async (name, { onTestFinished: after }) => {
    const { made, cli } = await started(after, name)
    expect(made.has('told')).toBe(false)
    cli.kill('SIGKILL')
    await vi.waitFor(() => expect(made.has('told')).toBe(true), { timeout: 20_000 })
  })
})

describe.concurrent('mortar record --recover', () => {
  /** Records one exchange in a run that is killed before it could save. */
  async function killed(made: Project, path: string): Promise<void> {
    const cli = made.start(process.execPath, [
      mortarPath,
      'run',
      '--cassette',
      path.slice(1),
      '--',
      'node',
      'server.mjs',
      path,
    ])
    await cli.said('ready')
    cli.kill('SIGKILL')
    await cli.ended
  }

  it('saves what the last killed run had recorded, and names it and the others', async ({ onTestFinished: after }) => {
    // It ends by itself when nobody is there to stop it any more.
    const made = await shop(after, { 'server.mjs': `${asks}\nconsole.log('ready')\nsetTimeout(() => {}, 3000)` })
    await killed(made, '/first')
    await killed(made, '/second')
    const { stdout } = await made.mortar(['record', '--recover'])
    expect(stdout).toMatch(
      /^Recovered run \d{8}T\d{6}-\w{4} \(`node server\.mjs \/second`, started less than a minute ago\)$/m,
    )
    expect(stdout).toContain('saved 1 exchange to cassettes/second.json')
    expect(stdout).toContain('1 earlier run did not end in order either')
    expect(made.has('cassettes/first.json')).toBe(false)
    const [, earlier = ''] = /--recover --run (\S+)`/.exec(stdout) ?? []
    const other = await made.mortar(['record', '--recover', '--run', earlier])
    expect(other.stdout).toContain('saved 1 exchange to cassettes/first.json')
    expect((await made.mortar(['record', '--recover'])).stdout).toBe('Nothing to recover.\n')
  })

  it('knows a run that is not there', async ({ onTestFinished: after }) => {
    const { code, stderr } = await (await shop(after)).mortar(['record', '--recover', '--run', 'yesterday'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is no run `yesterday`')
  })
})
