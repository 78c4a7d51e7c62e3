import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../src/engine/free-port.ts'
import { isProcessAlive } from '../../../src/files/process-alive.ts'
import { openServices } from '../../../src/services/open-services.ts'
import { closing, expectNothingLeft, hold, isInstalled, machine, request } from './support.ts'

/** A PATH on which there is nothing but a shell. */
const bare = '/bin'

describe('an address that is given', () => {
  it.skipIf(!isInstalled('redis'))('is used when its server answers', async () => {
    const here = machine()
    const real = closing(await openServices([request('redis')], here))
    const { url } = real.services[0]!
    const env = { ...here.env, REDIS_URL: url }
    const { services, close } = await openServices([request('redis')], { ...here, env })
    expect(services[0]).toMatchObject({ provider: 'address', url, shared: false })
    expect(services[0]!.tried).toEqual([
      {
        rung: 'address',
        used: true,
        said: expect.stringMatching(/^Redis 7\S* answers at 127.0.0.1:\d+, from REDIS_URL$/),
      },
    ])
    await close()
  })

  it.skipIf(!isInstalled('redis'))('counts as answering when it only asks for a password', async () => {
    const here = machine()
    const account = { password: 'sesame' }
    const real = closing(await openServices([request('redis', { account })], here))
    const env = { ...here.env, REDIS_URL: real.services[0]!.url }
    const { services } = await openServices([request('redis')], { ...here, env })
    expect(services[0]!.tried[0]!.said).toContain('it asks for a password')
    expect(JSON.stringify(services[0]!.tried)).not.toContain('sesame')
  })

  it.skipIf(!isInstalled('redis')).each([
    ['redis://127.0.0.1:1', 'REDIS_URL names 127.0.0.1:1, but connect ECONNREFUSED 127.0.0.1:1'],
    ['127.0.0.1:1', 'REDIS_URL names 127.0.0.1:1, but connect ECONNREFUSED 127.0.0.1:1'],
    ['not an address', 'REDIS_URL is set, but holds no address that can be read'],
    ['', 'REDIS_URL is not set'],
  ])('is passed over with the reason when it is %j', async (url, said) => {
    const here = machine()
    const env = { ...here.env, REDIS_URL: url }
    const { services } = closing(await openServices([request('redis')], { ...here, env }))
    expect(services[0]).toMatchObject({ provider: 'binary' })
    expect(services[0]!.tried[0]).toMatchObject({ rung: 'address', used: false, said })
    expect(services[0]!.notes).toEqual(url === '' ? [] : [`${said}; another Redis was started in its place`])
  })

  it.skipIf(!isInstalled('redis')).each([
    ['says nothing', '', 'no answer within 3000 ms'],
    ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'it does not speak Redis'],
  ])('is passed over when what listens there %s', async (_, answer, said) => {
    const server = createServer((socket) => void socket.on('error', () => {}).write(answer)).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => void server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const here = machine()
    const env = { ...here.env, REDIS_URL: `redis://127.0.0.1:${port}` }
    const { services } = closing(await openServices([request('redis')], { ...here, env }))
    expect(services[0]!.tried[0]!.said).toBe(`REDIS_URL names 127.0.0.1:${port}, but ${said}`)
  })
})

describe('under CI', () => {
  it('is an error that names the variable when a given address does not answer', async () => {
    const here = machine()
    const env = { ...here.env, CI: 'true', REDIS_URL: 'redis://127.0.0.1:1' }
    await expect(openServices([request('redis')], { ...here, env })).rejects.toMatchObject({
      code: 'MORTAR_SERVICE_UNAVAILABLE',
      where: 'boundaries.redis',
      seen: 'address: REDIS_URL names 127.0.0.1:1, but connect ECONNREFUSED 127.0.0.1:1',
      hint: expect.stringContaining('unset REDIS_URL'),
    })
    await expectNothingLeft(here)
  })
})

describe('a version', () => {
  it.skipIf(!isInstalled('postgres'))(
    'that is demanded and not there is an error that says what was tried',
    async () => {
      const here = machine()
      await expect(openServices([request('postgres', { version: '9.2' })], here)).rejects.toMatchObject({
        code: 'MORTAR_SERVICE_VERSION',
        where: 'boundaries.postgres',
        expected: 'version 9.2',
        seen: expect.stringMatching(
          /binary: PostgreSQL \d+\.\d+ is here, but 9\.2 is wanted\n +container: .+\n +embedded: no embedded/,
        ),
      })
      await expectNothingLeft(here)
    },
  )

  it.skipIf(!isInstalled('postgres'))('that is only preferred is noted when it differs', async () => {
    const here = machine()
    const { services } = closing(await openServices([request('postgres', { preferredVersion: '9.2' })], here))
    expect(services[0]!.notes).toEqual([
      expect.stringMatching(/^PostgreSQL \d+\.\d+ is used, where the Compose file says 9\.2$/),
    ])
  })

  it.skipIf(!isInstalled('redis'))('that is demanded and there is taken', async () => {
    const here = machine()
    const { services } = closing(await openServices([request('redis', { version: '>=5' })], here))
    expect(services[0]!.notes).toEqual([])
  })
})

it('without any way to get a server, says what was tried and how to get one', async () => {
  const here = machine()
  // A driver looks beside PATH too; only a version that no server has keeps it from being found.
  here.program('mosquitto', 'echo mosquitto version 0.1')
  const env = { ...here.env, PATH: `${here.env['PATH']!.split(':')[0]}:${bare}` }
  await expect(openServices([request('mqtt', { version: '99' })], { ...here, env })).rejects.toMatchObject({
    code: 'MORTAR_SERVICE_VERSION',
    hint: expect.stringContaining("Debian's package is mosquitto"),
    seen: expect.stringContaining('container: no docker or podman on this machine'),
  })
  await expectNothingLeft(here)
})

describe.skipIf(!isInstalled('mqtt'))('a container', () => {
  /** No engine runs where this was written: a script stands for its command line, and shows what it is asked. */
  async function engine(here: ReturnType<typeof machine>): Promise<{ port: number; asked: () => string[] }> {
    const port = await freePort()
    const log = `${here.project}/docker.log`
    here.program(
      'docker',
      `echo "$*" >> ${log}
case $1 in
  version) echo 27.1.0;;
  run) mosquitto -p ${port} & echo $! > ${here.project}/pid; wait;;
  port) echo 127.0.0.1:${port};;
  rm) kill $(cat ${here.project}/pid);;
esac`,
    )
    return { port, asked: () => readFileSync(log, 'utf8').trim().split('\n') }
  }
  const wishes = { version: '99' }

  it('is run where no program fits, at a port of this machine only, and removed afterwards', async () => {
    const here = machine()
    const { port, asked } = await engine(here)
    const { services, close } = await openServices([request('mqtt', wishes)], here)
    expect(services[0]).toMatchObject({ provider: 'container', url: `mqtt://127.0.0.1:${port}` })
    expect(services[0]!.tried.map(({ said }) => said)).toEqual([
      'MQTT_URL is not set',
      expect.stringMatching(/^Mosquitto \S+ is here, but 99 is wanted$/),
      expect.stringMatching(/^eclipse-mosquitto:99 by docker 27\.1\.0; ready in /),
    ])
    await close()
    const run = asked().find((line) => line.startsWith('run '))!
    const name = /--name (\S+)/.exec(run)?.[1]
    expect(run).toBe(
      `run --rm --name ${name} -p 127.0.0.1::1883 eclipse-mosquitto:99 mosquitto -c /mosquitto-no-auth.conf`,
    )
    expect(asked().at(-1)).toBe(`rm --force --volumes ${name}`)
    await expectNothingLeft(here)
  })

  it('is removed by the next start when its keeper was killed', async () => {
    const here = machine()
    const { asked } = await engine(here)
    const holder = hold(here, [request('mqtt', wishes)])
    await holder.opened
    const [keeper] = here.traces().keepers
    holder.kill('SIGKILL')
    process.kill(keeper!, 'SIGKILL')
    await holder.ended
    await expect.poll(() => isProcessAlive(keeper!, Date.now())).toBe(false)
    await openServices([], here)
    expect(asked().at(-1)).toMatch(/^rm --force --volumes mortar-/)
    await expectNothingLeft(here)
  })
})

it.skipIf(!isInstalled('postgres'))('variables of the user do not configure the server', async () => {
  const here = machine()
  const env = { ...here.env, PGDATA: '/nowhere', PGPORT: '1', PGOPTIONS: '-c work_mem=64kB' }
  const { services } = closing(await openServices([request('postgres')], { ...here, env }))
  const shown = execFileSync('psql', [services[0]!.url, '-Atc', 'show data_directory'], { encoding: 'utf8' })
  expect(shown.trim()).toBe(`${here.traces().folders[0]}/data`)
})
