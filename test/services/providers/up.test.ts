import { describe, expect, it } from 'vitest'
import { type Project, project, type RunOptions } from '../../support/project.ts'
import { isInstalled, isListening, processesNaming } from './support.ts'

const config = `import { mqtt, redis } from 'mortar'
export default { boundaries: { cache: redis({ env: 'CACHE_URL' }), things: mqtt(), api: { protocol: 'http', origin: 'http://x.test' } } }`

/** Everything that Mortar keeps goes into the project. */
function options(here: Project): RunOptions {
  return { env: { XDG_CACHE_HOME: `${here.directory}/cache` } }
}

const both = isInstalled('redis') && isInstalled('mqtt')

describe.skipIf(!both)('mortar up', () => {
  it('prints variables and what was tried, and ends everything on Ctrl-C', async () => {
    const here = project({ config })
    const { env } = options(here)
    const up = here.start(process.execPath, [`${here.directory}/node_modules/mortar/dist/cli/main.js`, 'up'], {
      env: env!,
    })
    await up.said('all are up')
    const ports = Object.values(here.files('cache')).flatMap((text) => /"port":(\d+)/.exec(text)?.[1] ?? [])
    expect(ports.length).toBe(2)
    up.kill('SIGINT')
    const { code, stdout, stderr } = await up.ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^CACHE_URL=redis:\/\/127\.0\.0\.1:\d+\nMQTT_URL=mqtt:\/\/127\.0\.0\.1:\d+\n$/)
    expect(stderr).toContain('cache (Redis)  · address: CACHE_URL is not set\n')
    expect(stderr).toMatch(/cache \(Redis\) {2}✓ binary: \S+\/redis-server 7\.\S+ ready in \d+ ms/)
    for (const port of ports) expect(await isListening({ host: '127.0.0.1', port: Number(port) })).toBe(false)
    expect(processesNaming(here.directory)).toEqual([])
  })

  it('runs a command with the variables set, ends with its code, and leaves nothing', async () => {
    const here = project({ config, files: { 'show.mjs': 'console.log(process.env.CACHE_URL); process.exitCode = 7' } })
    const { code, stdout } = await here.mortar(['up', 'cache', '--', 'node', 'show.mjs'], options(here))
    expect(code).toBe(7)
    expect(stdout).toMatch(/^redis:\/\/127\.0\.0\.1:\d+\n$/)
    expect(processesNaming(here.directory)).toEqual([])
  })

  it('prints one JSON document under --json', async () => {
    const here = project({ config })
    const { stdout } = await here.mortar(['up', '--json', '--', 'true'], options(here))
    const { variables, services } = JSON.parse(stdout) as { variables: object; services: { name: string }[] }
    expect(Object.keys(variables)).toEqual(['CACHE_URL', 'MQTT_URL'])
    expect(services).toMatchObject([
      { name: 'cache', provider: 'binary', title: 'Redis', tried: [{ used: false }, { used: true }] },
      { name: 'things', provider: 'binary', title: 'Mosquitto' },
    ])
  })
})

describe('mortar up', () => {
  it.each([
    ['export default { boundaries: {} }', [], 'the config declares no dependency that can be started'],
    [config, ['cahce'], '`cahce` is no dependency of the config'],
    [config, ['api'], '`api` is no dependency of the config'],
  ])('exits 2 for %j with %j', async (text, args, message) => {
    const { code, stderr } = await project({ config: text }).mortar(['up', ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(`MORTAR_USAGE  ${message}`)
  })

  it('exits 3 and says what was tried when there is no way to get a server', async () => {
    const here = project({
      config: "import { nats } from 'mortar'\nexport default { boundaries: { bus: nats({ version: '99' }) } }",
    })
    const { code, stderr } = await here.mortar(['up'], options(here))
    expect(code).toBe(3)
    expect(stderr).toMatch(/^MORTAR_SERVICE_(VERSION|UNAVAILABLE) {2}/m)
    expect(stderr).toContain('address: NATS_URL is not set\n')
    expect(stderr).toContain('embedded: there is no embedded NATS')
  })
})

it('a boundary without an origin is only for dependencies', async () => {
  const { code, stderr } = await project({
    config: "export default { boundaries: { a: { protocol: 'http' } } }",
  }).mortar(['map'])
  expect(code).toBe(3)
  expect(stderr).toContain('`boundaries.a` has no valid origin')
})
