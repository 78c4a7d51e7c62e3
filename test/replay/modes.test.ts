import { describe, expect, it } from 'vitest'
import { printedJson, type Project, project, type RunOptions } from '../support/project.ts'
import { type Upstream, upstream } from '../support/upstream.ts'

/** Asks each path of its arguments in turn and prints what came: the text, or the code of the error. */
const ask = `
const seen = []
const headers = process.env.TOKEN ? { authorization: 'Bearer ' + process.env.TOKEN } : {}
for (const path of process.argv.slice(2)) {
  try {
    const body = process.env.BODY
    const url = path.includes('://') ? path : process.env.BASE + path
    const response = await fetch(url, { headers, ...(body && { method: 'POST', body }) })
    seen.push(await response.text())
  } catch (error) {
    seen.push(error.code ?? error.cause?.code ?? String(error))
  }
}
process.stdout.write(JSON.stringify(seen) + '\\n', () => process.exit(Number(process.env.EXIT ?? 0)))
`

/** Prints what a stream said, and how long it took from its head to its end, milliseconds. */
const listen = `
const started = performance.now()
const response = await fetch(process.env.BASE + '/feed')
const text = await response.text()
console.log(JSON.stringify({ text, total: performance.now() - started }))
`

const cassette = 'cassettes/outside-of-tests.json'

interface World extends Project {
  readonly service: Upstream
  /** Writes the config anew; `boundary` and `config` are JavaScript. */
  configure(settings: { boundary?: string; config?: string }): void
  ask(paths: readonly string[], env?: Record<string, string>): Promise<string[]>
  /** Question lines of the cassette. */
  recorded(): string[]
}

/** A project with one boundary, whose service counts: a second answer is never the first. */
async function world(after: (close: () => Promise<void> | void) => void): Promise<World> {
  let count = 0
  const service = await upstream(
    (request, response) => {
      request.resume().on('end', () => {
        if (request.url !== '/silent') response.end(`${request.url} ${++count}`)
      })
    },
    { after },
  )
  const made = project({ after, files: { 'ask.mjs': ask } })
  const options = (env: Record<string, string> = {}): RunOptions => ({ env: { BASE: service.origin, ...env } })
  const configure: World['configure'] = ({ boundary = '', config = '' }) =>
    made.write(
      'mortar.config.mjs',
      `import { http } from 'mortar'
      export default { boundaries: { shop: http({ origin: '${service.origin}', ${boundary} }) }, ${config} }`,
    )
  configure({})
  return {
    ...made,
    service,
    configure,
    ask: async (paths, env) =>
      printedJson(await made.node(['--import', 'mortar/register', 'ask.mjs', ...paths], options(env))),
    recorded: () => {
      if (!made.has(cassette)) return []
      const { exchanges } = JSON.parse(made.read(cassette)) as { exchanges: { operation: string }[] }
      return exchanges.map(({ operation }) => operation)
    },
  }
}

describe.concurrent('record mode', () => {
  it('once records only when there is no cassette', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    expect(await shop.ask(['/a', '/a'])).toEqual(['/a 1', '/a 2'])
    const before = shop.files('cassettes')
    expect(await shop.ask(['/a', '/a', '/b'])).toEqual(['/a 1', '/a 2', 'MORTAR_MISS'])
    expect(shop.service.asked).toHaveLength(2)
    expect(shop.files('cassettes')).toEqual(before)
  })

  it('none replays and never asks the service', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    expect(await shop.ask(['/a'], { MORTAR_RECORD: 'none' })).toEqual(['MORTAR_MISS'])
    expect(shop.has('cassettes')).toBe(false)
    await shop.ask(['/a'])
    const before = shop.files('cassettes')
    expect(await shop.ask(['/a', '/a'], { MORTAR_RECORD: 'none' })).toEqual(['/a 1', 'MORTAR_MISS'])
    expect(shop.service.asked).toHaveLength(1)
    expect(shop.files('cassettes')).toEqual(before)
  })

  it('new replays what is recorded and appends what is not', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    await shop.ask(['/a'])
    const before = shop.files('cassettes')
    expect(await shop.ask(['/a'], { MORTAR_RECORD: 'new' })).toEqual(['/a 1'])
    expect(shop.files('cassettes')).toEqual(before)
    expect(await shop.ask(['/a', '/b'], { MORTAR_RECORD: 'new' })).toEqual(['/a 1', '/b 2'])
    expect(shop.recorded()).toEqual(['GET /a', 'GET /b'])
    expect(await shop.ask(['/b', '/a'], { MORTAR_RECORD: 'none' })).toEqual(['/b 2', '/a 1'])
  })

  it('all asks the service for everything and replaces the recording', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    await shop.ask(['/a', '/b'])
    expect(await shop.ask(['/b'], { MORTAR_RECORD: 'all' })).toEqual(['/b 3'])
    expect(shop.recorded()).toEqual(['GET /b'])
    expect(await shop.ask(['/b', '/a'])).toEqual(['/b 3', 'MORTAR_MISS'])
  })

  it('live saves nothing and keeps the journal', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    expect(await shop.ask(['/a'], { MORTAR_RECORD: 'live' })).toEqual(['/a 1'])
    await shop.ask(['/a'], { MORTAR_RECORD: 'once' })
    const before = shop.files('cassettes')
    expect(await shop.ask(['/a'], { MORTAR_RECORD: 'live' })).toEqual(['/a 3'])
    expect(shop.files('cassettes')).toEqual(before)
    const journals = Object.entries(shop.files()).filter(([path]) => path.endsWith('.ndjson'))
    expect(journals).toHaveLength(3)
    for (const [, text] of journals) expect(text).toContain('"GET /a"')
  })

  it('is taken from the environment, else the boundary, else the config', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    shop.configure({ config: "record: 'none'" })
    expect(await shop.ask(['/a'])).toEqual(['MORTAR_MISS'])
    shop.configure({ config: "record: 'none'", boundary: "record: 'all'" })
    expect(await shop.ask(['/a'])).toEqual(['/a 1'])
    expect(await shop.ask(['/a'])).toEqual(['/a 2'])
    expect(await shop.ask(['/a'], { MORTAR_RECORD: 'none' })).toEqual(['/a 2'])
    shop.configure({ config: "record: 'none'", boundary: "record: 'new'" })
    expect(await shop.ask(['/a', '/b'])).toEqual(['/a 2', '/b 3'])
  })

  it('is none under CI, where unknown destinations are errors too', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    const other = await upstream((_request, response) => void response.end('other'), { after })
    const elsewhere = other.origin.replace('127.0.0.1', '127.0.0.2')
    expect(await shop.ask(['/a', `${elsewhere}/x`], { CI: '1' })).toEqual(['MORTAR_MISS', 'MORTAR_UNKNOWN_DESTINATION'])
    expect(shop.service.asked).toEqual([])
    expect(await shop.ask([`${other.origin}/x`], { CI: '1' })).toEqual(['other'])
    shop.configure({ config: "unknown: 'error', allow: []" })
    expect(await shop.ask(['/a', `${other.origin}/x`])).toEqual(['/a 1', 'MORTAR_UNKNOWN_DESTINATION'])
  })
})

describe.concurrent('what was recorded', () => {
  it('is not saved when the command fails', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    const line = (code: number): string[] => ['run', '--', 'sh', '-c', `curl -sS "$BASE/a" && exit ${code}`]
    const env = { BASE: shop.service.origin }
    const failed = await shop.mortar(line(3), { env })
    expect(failed).toMatchObject({ code: 3, stdout: '/a 1' })
    expect(shop.has('cassettes')).toBe(false)
    expect(await shop.mortar(line(0), { env })).toMatchObject({ code: 0, stdout: '/a 2' })
    expect(shop.has('cassettes/run.json')).toBe(true)
  })

  it('is not saved when the program that it is attached to fails', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    expect(await shop.ask(['/a'], { EXIT: '1' })).toEqual(['/a 1'])
    expect(shop.has('cassettes')).toBe(false)
    expect(await shop.ask(['/a'])).toEqual(['/a 2'])
    expect(shop.recorded()).toEqual(['GET /a'])
  })

  it.for(['by its default', 'by a handler of its own'])(
    'is saved when the program is told to stop, which it does %s',
    async (how, { onTestFinished: after }) => {
      const shop = await world(after)
      const handler = how.includes('own') ? "process.on('SIGTERM', () => process.exit(0))" : ''
      shop.write(
        'server.mjs',
        `${handler}
        console.log('serves', await (await fetch(process.env.BASE + '/a')).text())
        setInterval(() => {}, 1000)`,
      )
      const args = ['--import', 'mortar/register', 'server.mjs']
      const running = shop.start(process.execPath, args, { env: { BASE: shop.service.origin } })
      await running.said('serves /a 1')
      running.kill('SIGTERM')
      expect((await running.ended).code).toBe(handler ? 0 : null)
      expect(shop.recorded()).toEqual(['GET /a'])
    },
  )

  it('comes at the pace of the service where the boundary says so', async ({ onTestFinished: after }) => {
    const service = await upstream(
      async (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const at of [1, 2, 3]) {
          response.write(`data: ${at}\n\n`)
          await new Promise((resolve) => setTimeout(resolve, 150))
        }
        response.end()
      },
      { after },
    )
    const made = project({ after, files: { 'listen.mjs': listen } })
    const configure = (pace: string): void =>
      made.write(
        'mortar.config.mjs',
        `export default { boundaries: { feed: { protocol: 'http', origin: '${service.origin}', pace: ${pace} } } }`,
      )
    const hear = async (mode: string): Promise<{ text: string; total: number }> => {
      const options = { env: { BASE: service.origin, MORTAR_RECORD: mode } }
      return printedJson(await made.node(['--import', 'mortar/register', 'listen.mjs'], options))
    }
    configure("'instant'")
    const { text } = await hear('once')
    await service.close()
    expect(text).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n')
    const instant = await hear('none')
    configure("'real'")
    const real = await hear('none')
    configure('3')
    const quick = await hear('none')
    expect([instant.text, real.text, quick.text]).toEqual([text, text, text])
    // The end came 450 ms after the first event, and no timer fires early, however busy the machine is.
    expect(real.total).toBeGreaterThan(440)
    expect(quick.total).toBeGreaterThan(145)
  })

  it('is not replayed when it is too old and that is to fail', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    await shop.ask(['/a'])
    shop.configure({ boundary: "refreshEvery: '1ms'" })
    expect(await shop.ask(['/a'])).toEqual(['/a 1'])
    shop.configure({ boundary: "refreshEvery: '1ms', stale: 'fail'" })
    const before = shop.files('cassettes')
    expect(await shop.ask(['/a'])).toEqual(['MORTAR_MISS'])
    expect(shop.files('cassettes')).toEqual(before)
    shop.configure({ boundary: "refreshEvery: '1h', stale: 'fail'" })
    expect(await shop.ask(['/a'])).toEqual(['/a 1'])
  })

  it('survives a kill but for the exchange being written', async ({ onTestFinished: after }) => {
    const shop = await world(after)
    const arrived = new Promise<void>((resolve) => {
      shop.service.server.on('request', (request: { url: string }) => {
        if (request.url === '/silent') resolve()
      })
    })
    const running = shop.start(process.execPath, ['--import', 'mortar/register', 'ask.mjs', '/a', '/b', '/silent'], {
      env: { BASE: shop.service.origin },
    })
    await arrived
    running.kill('SIGKILL')
    await running.ended
    expect(shop.has('cassettes')).toBe(false)
    const recovered = await shop.mortar(['record', '--recover'])
    expect(recovered).toMatchObject({ code: 0, stdout: expect.stringContaining(`saved 2 exchanges to ${cassette}`) })
    await shop.service.close()
    expect(await shop.ask(['/a', '/b'], { MORTAR_RECORD: 'none' })).toEqual(['/a 1', '/b 2'])
    expect((await shop.mortar(['record', '--recover'])).stdout).toContain('Nothing to recover')
  })
})

describe.concurrent('a secret', () => {
  const token = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
  const password = 'correct-horse-battery-staple-42'

  it('reaches the service and the client, but no file', async ({ onTestFinished: after }) => {
    const seen: (string | undefined)[] = []
    const service = await upstream(
      (request, response) => {
        let body = ''
        request.on('data', (chunk: Buffer) => (body += chunk.toString()))
        request.on('end', () => {
          seen.push(request.headers.authorization, body)
          response.setHeader('content-type', 'application/json').setHeader('set-cookie', `session=${token}x`)
          response.end(JSON.stringify({ access_token: token, user: 'ada' }))
        })
      },
      { after },
    )
    const made = project({
      after,
      files: { 'ask.mjs': ask },
      config: `import { http } from 'mortar'
        export default { boundaries: { shop: http({ origin: '${service.origin}' }) } }`,
    })
    const login = async (secret: string, env: Record<string, string>): Promise<string[]> => {
      const options = { env: { BASE: service.origin, TOKEN: secret, ...env } }
      return printedJson(
        await made.node(['--import', 'mortar/register', 'ask.mjs', `/login?api_key=${secret}`], options),
      )
    }
    const body = `{"user":"ada","password":"${password}"}`
    expect(await login(token, { BODY: body })).toEqual([JSON.stringify({ access_token: token, user: 'ada' })])
    expect(seen).toEqual([`Bearer ${token}`, body])
    const files = made.files()
    expect(Object.keys(files)).toEqual(expect.arrayContaining([cassette, expect.stringMatching(/\.ndjson$/)]))
    for (const [path, content] of Object.entries(files)) {
      expect(content.includes(token), path).toBe(false)
      expect(content.includes(password), path).toBe(false)
    }
    await service.close()
    const another = { BODY: body.replace(password, 'another-password-43'), MORTAR_RECORD: 'none' }
    const [answer] = await login(token.replace('16C7', '99Z9'), another)
    expect(JSON.parse(answer!)).toEqual({ access_token: expect.stringMatching(/^\{\{.*\}\}$/), user: 'ada' })
  })
})
