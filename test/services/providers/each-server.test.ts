import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { drivers } from '../../../src/services/drivers.ts'
import { greet } from '../../../src/services/handshake/greet.ts'
import { openServices } from '../../../src/services/open-services.ts'
import { RabbitClient, type RabbitPlace } from '../../../src/services/rabbitmq-isolation/rabbit-client.ts'
import { type ServiceProtocol, serviceProtocols } from '../../../src/services/service-request.ts'
import {
  expectNothingLeft,
  isInstalled,
  isListening,
  listeningAt,
  type Machine,
  machine,
  processesNaming,
  request,
} from './support.ts'

describe.each(serviceProtocols)('a real %s server', (protocol) => {
  it.skipIf(!isInstalled(protocol))(
    'is started, answers its protocol, to this machine only, and leaves nothing behind',
    { timeout: 90_000 },
    async () => {
      const here = machine()
      const { services, variables, close } = await openServices([request(protocol)], here)
      onTestFinished(close)
      const [service] = services
      expect(variables).toEqual({ [`${protocol.toUpperCase()}_URL`]: service!.url })
      expect(service).toMatchObject({ provider: 'binary', shared: false, host: '127.0.0.1' })
      expect(service!.version).toMatch(/^\d+\.\d+/)
      expect(service!.tried.map(({ rung, used }) => [rung, used])).toEqual([
        ['address', false],
        ['binary', true],
      ])
      expect(new URL(service!.url).port).toBe(String(service!.port))
      const greeting = await greet(drivers[protocol].handshake(request(protocol)), { ...service!, timeoutMs: 5000 })
      if (greeting.version !== undefined) expect(greeting.version).toContain(service!.version)
      expect(greeting.refused).toBeUndefined()

      expect(here.traces().folders.length).toBe(1)
      expect(here.leftovers()).not.toEqual([])
      if (process.platform === 'linux') expectLoopbackOnly(protocol, here, service!.port)
      await close()
      expect(here.leftovers()).toEqual([])
      expect(await isListening(service!)).toBe(false)
    },
  )
})

const asked = {
  postgres: (url: string) => ['psql', url, '-Atc', "select 'it is ' || current_user || ' in ' || current_database()"],
  mysql: (url: string) => {
    const { hostname, port, username, password, pathname } = new URL(url)
    const login = ['-h', hostname, '-P', port, '-u', username, `-p${password}`]
    return [
      'mariadb',
      '--no-defaults',
      ...login,
      pathname.slice(1),
      '-Ne',
      "select concat('it is ', substring_index(user(), '@', 1), ' in ', database())",
    ]
  },
  redis: (url: string) => ['redis-cli', '--no-auth-warning', '-u', url, 'eval', "return 'it is default in 0'", '0'],
} as const

describe.each(['postgres', 'mysql', 'redis'] as const)('a real %s client', (protocol) => {
  it.skipIf(!isInstalled(protocol))('gets in by the address, with user, password and database as wished', async () => {
    const here = machine()
    const account =
      protocol === 'redis' ? { password: "it's" } : { user: 'shop', password: "it's", database: 'shop_db' }
    const { services, close } = await openServices([request(protocol, { account })], here)
    const [program, ...args] = asked[protocol](decoded(services[0]!.url, protocol))
    try {
      const answer = execFileSync(program!, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } })
      expect(answer.trim()).toBe(protocol === 'redis' ? 'it is default in 0' : 'it is shop in shop_db')
    } finally {
      await close()
    }
    await expectNothingLeft(here)
  })
})

function expectLoopbackOnly(protocol: ServiceProtocol, here: Machine, port: number): void {
  const { servers, folders } = here.traces()
  const processes = processesNaming(folders[0]!)
  const ids = new Set([...servers, ...processes.map((line) => Number.parseInt(line, 10))])
  const addresses = [...ids].flatMap((pid) => listeningAt(pid))
  expect(addresses).toContain(`127.0.0.1:${port}`)
  expect(addresses.filter((address) => !/^(?:127\.|\[::1\])/.test(address))).toEqual([])
  if (protocol !== 'amqp') return
  const cookie = join(folders[0]!, '.erlang.cookie')
  expect(statSync(cookie).mode & 0o777 & ~0o600).toBe(0)
  expect(processes.join('\n')).not.toContain(readFileSync(cookie, 'utf8'))
  expect(processes.join('\n')).not.toContain('-setcookie')
}

/** The client of MariaDB takes no URL. */
function decoded(url: string, protocol: string): string {
  return protocol === 'mysql' ? url.replace('%27', "'") : url
}

it.skipIf(!isInstalled('postgres'))('takes settings of the server as they are', async () => {
  const here = machine()
  const wishes = { settings: { max_connections: '17' } }
  const { services, close } = await openServices([request('postgres', wishes)], here)
  try {
    const answer = execFileSync('psql', [services[0]!.url, '-Atc', 'show max_connections'], { encoding: 'utf8' })
    expect(answer.trim()).toBe('17')
  } finally {
    await close()
  }
})

describe.each(['postgres', 'amqp'] as const)('the data of %s', (protocol) => {
  it.skipIf(!isInstalled(protocol))('is copied from the cache when it was prepared before', async () => {
    const here = machine()
    const said: string[] = []
    for (let start = 0; start < 2; start++) {
      const { services, close } = await openServices([request(protocol)], here)
      said.push(services[0]!.tried.at(-1)!.said)
      await close()
    }
    expect(said[0]).toContain('prepared now')
    expect(said[1]).toContain('prepared before')
  })
})

describe.skipIf(!isInstalled('amqp'))('RabbitMQ', () => {
  it('is there in full when it is started from what was prepared: account, virtual hosts, queues of all types', async () => {
    const here = machine()
    const account = { user: 'shop', password: "it's", database: 'shop_db' }
    for (let start = 0; start < 2; start++) {
      const { services, close } = await openServices([request('amqp', { account })], here)
      const { url } = services[0]!
      try {
        for (const vhost of ['shop_db', 'mortar-1']) await expectQueues(url.replace('shop_db', vhost))
      } finally {
        await close()
      }
    }
    await expectNothingLeft(here)
  })

  it('takes settings of its own, and is started as usual where Erlang is not laid out as usual', async () => {
    const here = machine()
    here.program('erl', `PATH='${process.env['PATH']}' exec erl "$@"`)
    const { services, close } = await openServices([request('amqp', { settings: { max_message_size: '8' } })], here)
    try {
      const client = await RabbitClient.open(placeIn(services[0]!.url))
      await client.put('nowhere', 'too much')
      await client.put('nowhere', 'far too much')
      await expect(client.call('queue.declare', { queue: 'some' })).rejects.toMatchObject({ code: 406 })
      await client.close()
      expectLoopbackOnly('amqp', here, services[0]!.port)
    } finally {
      await close()
    }
    await expectNothingLeft(here)
  })
})

/** Puts a message into a queue of each type that gives single ones, and takes it out. */
async function expectQueues(url: string): Promise<void> {
  const client = await RabbitClient.open(placeIn(url))
  await client.call('queue.declare', { queue: 'stream', durable: true, arguments: { 'x-queue-type': 'stream' } })
  for (const queue of ['classic', 'quorum']) {
    await client.call('queue.declare', { queue, durable: true, arguments: { 'x-queue-type': queue } })
    await client.put(queue, `in ${queue}`)
    const get = async (): Promise<string> => (await client.call('basic.get', { queue, noAck: true })).body.toString()
    await expect.poll(get).toBe(`in ${queue}`)
  }
  await client.close()
}

function placeIn(url: string): RabbitPlace {
  const { hostname: host, port, username, password, pathname } = new URL(url)
  const [user = '', secret = '', vhost = ''] = [username, password, pathname.slice(1)].map(decodeURIComponent)
  return { host, port: Number(port), user: user || 'guest', password: secret || 'guest', vhost: vhost || '/' }
}
