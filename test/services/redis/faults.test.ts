import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createFaultSet, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { serviceDown } from '../../../src/modes/faults/service-down.ts'
import type { RedisQuestion, RedisReply } from '../../../src/protocols/redis/message.ts'
import { redisFaults } from '../../../src/protocols/redis/faults.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import { type Client, redisArguments, redisRelay, redisServer } from './support.ts'

const ioredis = optionalPackage('ioredis')

describe.skipIf(!redisServer || !ioredis)('a fault on Redis', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(redisServer!, redisArguments)
  })
  afterAll(() => server.stop())

  async function start(): Promise<{
    client: Client
    faults: FaultSet
    relay: WireRelay<RedisQuestion, RedisReply>
    direct: Client
  }> {
    const faults = createFaultSet()
    const relay = await redisRelay(server.port, faults)
    const client = connect(relay.port)
    const direct = connect(server.port)
    await client.ping()
    await direct.flushall()
    return { client, faults, relay, direct }
  }

  it.each([
    ['loading', {}, /^LOADING Redis is loading/],
    ['oom', {}, /^OOM command not allowed/],
    ['readonly', {}, /^READONLY You can't write/],
    ['moved', { slot: 5, address: '10.0.0.9:6380' }, /^MOVED 5 10\.0\.0\.9:6380$/],
  ] as const)('%s refuses the command it is told to, and no other', async (name, options, said) => {
    const { client, faults, direct, relay } = await start()
    const fault = redisFaults[name](options)
    const armed = faults.arm({ ...fault, match: { ...fault.match, operation: 'SET stock:{id}', nth: 2 } })
    const results = await client
      .pipeline()
      .set('stock:1', 'a')
      .get('stock:1')
      .set('stock:2', 'b')
      .set('stock:3', 'c')
      .get('stock:3')
      .exec()
    expect(results.map(([, value]: [unknown, unknown]) => value)).toEqual(['OK', 'a', undefined, 'OK', 'c'])
    expect(results[2][0].message).toMatch(said)
    expect(await direct.keys('stock:*')).toEqual(expect.arrayContaining(['stock:1', 'stock:3']))
    expect(await direct.exists('stock:2')).toBe(0)
    expect(armed.struck).toBe(1)
    const outcomes = relay.of('SET stock:{id}').map(({ messages }) => {
      const message = messages[0]?.message
      return message && 'value' in message && message.value.type
    })
    expect(outcomes).toEqual(['simple', 'error', 'simple'])
  })

  it('leaves reads alone when only writes can fail', async () => {
    const { client, faults } = await start()
    const fault = redisFaults.readonly()
    const armed = faults.arm(fault)
    expect(await client.get('stock:1')).toBeNull()
    await expect(client.incr('stock:1')).rejects.toThrow('READONLY')
    expect(await client.incr('stock:1')).toBe(1)
    expect(armed.struck).toBe(1)
  })

  it('within MULTI makes EXEC run nothing, as the server would', async () => {
    const { client, faults, direct, relay } = await start()
    faults.arm({ ...redisFaults.oom(), match: { operation: 'SET order:{id}' } })
    await client.multi({ pipeline: false })
    await client.incr('orders')
    await expect(client.set('order:1', 'new')).rejects.toThrow('OOM')
    await expect(client.exec()).rejects.toThrow('EXECABORT')
    expect(await direct.get('orders')).toBeNull()
    expect(await client.get('orders')).toBeNull()
    expect(relay.of('INCR orders')[0]?.messages.map(({ message }) => message.type)).toEqual(['reply', 'discarded'])
  })

  it('on EXEC itself gives the transaction up', async () => {
    const { client, faults, direct } = await start()
    faults.arm({ ...redisFaults.loading(), match: { operation: 'EXEC' } })
    await client.multi({ pipeline: false })
    await client.incr('orders')
    await expect(client.exec()).rejects.toThrow('LOADING')
    expect(await direct.get('orders')).toBeNull()
    expect(await client.incr('orders')).toBe(1)
  })

  it('lets a command time out, which runs afterwards', async () => {
    const { faults, relay, direct } = await start()
    const impatient = connect(relay.port)
    await impatient.ping()
    impatient.options.commandTimeout = 60
    faults.arm({ ...redisFaults.timeout({ ms: 250 }), match: { operation: 'INCR late' } })
    await expect(impatient.incr('late')).rejects.toThrow('timed out')
    await relay.until(() => relay.of('INCR late')[0]?.messages[0])
    expect(await direct.get('late')).toBe('1')
  })

  it('cuts the connection before the command, or after it with its answer lost', async () => {
    const { faults, relay, direct } = await start()
    const once = (): Client => connect(relay.port, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    faults.arm({ name: 'cut', match: { operation: 'INCR cut' }, disturbance: { do: 'cut' } })
    await expect(once().incr('cut')).rejects.toThrow()
    expect(await direct.get('cut')).toBeNull()
    faults.arm({ name: 'lose', match: { operation: 'INCR lost' }, disturbance: { do: 'lose' } })
    await expect(once().incr('lost')).rejects.toThrow()
    expect(await direct.get('lost')).toBe('1')
    for (const operation of ['INCR cut', 'INCR lost'])
      expect(relay.of(operation)[0]?.messages.at(-1)?.message).toMatchObject({ type: 'failure', failure: 'reset' })
  })

  it('a cache that is down lets nobody in until the fault is over, and loses its other connections', async () => {
    const { faults, client, direct, relay } = await start()
    const other = connect(relay.port, { retryStrategy: () => null })
    await other.ping()
    const armed = faults.arm(serviceDown({ operation: 'INCR down' }))
    const away = connect(relay.port, { maxRetriesPerRequest: 2, retryStrategy: () => 10 })
    expect(await client.set('before', '1')).toBe('OK')
    await expect(away.incr('down')).rejects.toThrow('maxRetriesPerRequest')
    await expect(other.get('before')).rejects.toThrow('Connection is closed')
    expect(armed.struck).toBe(1)
    armed.disarm()
    expect(await away.incr('down')).toBe(1)
    expect(await direct.get('down')).toBe('1')
  })

  it('strikes in the middle of a command that has begun to arrive, and only after what came before', async () => {
    const { faults, relay, client } = await start()
    const large = 'x'.repeat(300_000)
    const sent = client.set('large', large)
    faults.arm({ ...redisFaults.loading(), match: { operation: 'GET large' } })
    const refused = client.get('large')
    expect(await sent).toBe('OK')
    await expect(refused).rejects.toThrow('LOADING')
    expect((await client.get('large')).length).toBe(large.length)
    expect(relay.of('GET large')).toHaveLength(2)
  })

  it('does nothing when disarmed: the bytes are the same', async () => {
    const { faults, relay, client } = await start()
    const armed = faults.arm({ ...redisFaults.loading(), match: { operation: 'GET never' } })
    await client.pipeline().set('a', '1').get('a').exec()
    armed.disarm()
    await client.get('never')
    expect(armed.struck).toBe(0)
    for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
  })
})

function connect(port: number, options: object = {}): Client {
  const client = new ioredis.Redis({ port, host: '127.0.0.1', ...options })
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}
