import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createFaultSet, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { redisFaults } from '../../../src/protocols/redis/faults.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import { type Client, redisArguments, redisRelay, redisServer } from './support.ts'

const ioredis = optionalPackage('ioredis')

describe.skipIf(!redisServer || !ioredis)('an answer of Redis that is altered', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(redisServer!, redisArguments)
  })
  afterAll(() => server.stop())

  async function start(): Promise<{ client: Client; faults: FaultSet; direct: Client }> {
    const faults = createFaultSet()
    const relay = await redisRelay(server.port, faults)
    const [client, direct] = [relay.port, server.port].map((port) => {
      const made = new ioredis.Redis({ host: '127.0.0.1', port })
      onTestFinished(() => void made.disconnect())
      return made
    })
    await direct.flushall()
    await direct.mset('a', '{"name":"Ada"}', 'b', 'Grace')
    await client.ping()
    return { client, faults, direct }
  }

  it('is nothing, or a half, once', async () => {
    const { client, faults } = await start()
    const miss = faults.arm(redisFaults.miss())
    expect(await client.pipeline().get('a').get('a').exec()).toEqual([
      [null, null],
      [null, '{"name":"Ada"}'],
    ])
    faults.arm(redisFaults.half())
    expect([await client.get('a'), await client.get('a')]).toEqual(['{"name"', '{"name":"Ada"}'])
    const many = faults.arm(redisFaults.miss())
    expect(await client.mget('a', 'b')).toEqual([null, null])
    expect([miss.struck, many.struck]).toEqual([1, 1])
  })

  it('is nothing until it is written again, and others are there', async () => {
    const { client, faults } = await start()
    const gone = faults.arm({ ...redisFaults.miss(), match: { operation: 'GET a', times: 9, untilWritten: true } })
    expect([await client.get('a'), await client.get('b'), await client.get('a')]).toEqual([null, 'Grace', null])
    await client.set('b', 'Joan')
    expect(await client.get('a')).toBeNull()
    await client.set('a', 'Ada')
    expect([await client.get('a'), gone.struck]).toEqual(['Ada', 3])
  })

  it('is what was true before, also where nothing is there any more', async () => {
    const { client, faults } = await start()
    const stale = faults.arm({ ...redisFaults.stale('Old'), match: { operation: /^GET/, times: 2 } })
    expect([await client.get('b'), await client.get('gone'), await client.get('b')]).toEqual(['Old', 'Old', 'Grace'])
    expect(stale.struck).toBe(2)
    const same = faults.arm(redisFaults.stale('Grace'))
    expect([await client.get('b'), same.struck]).toEqual(['Grace', 0])
  })

  it('was not struck when there was nothing to alter', async () => {
    const { client, faults } = await start()
    const miss = faults.arm(redisFaults.miss())
    expect(await client.get('c')).toBeNull()
    const queued = faults.arm(redisFaults.half())
    expect(await client.multi().get('b').exec()).toEqual([[null, 'Grace']])
    expect([miss.struck, queued.struck]).toEqual([0, 0])
  })

  it('says that a write was done which was not, and the next one is', async () => {
    const { client, faults, direct } = await start()
    faults.arm(redisFaults.writeLost())
    expect(await client.pipeline().set('c', '1').set('d', '2').exec()).toEqual([
      [null, 'OK'],
      [null, 'OK'],
    ])
    expect(await direct.mget('c', 'd')).toEqual([null, '2'])
  })

  it('says that a key holds something else', async () => {
    const { client, faults } = await start()
    faults.arm(redisFaults.wrongType())
    await expect(client.get('a')).rejects.toThrow('WRONGTYPE')
  })
})
