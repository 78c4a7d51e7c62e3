import { once } from 'node:events'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { redisWire } from '../../../src/protocols/redis/redis-wire.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { replayWire } from '../../support/replay-wire.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import { redisArguments, redisRelay, redisServer } from './support.ts'

const ioredis = optionalPackage('ioredis')
const nodeRedis = optionalPackage('redis')
const wire = redisWire()
let server: ServerProcess | undefined
afterAll(() => server?.stop())

describe.skipIf(!redisServer)('recorded commands are answered when Redis is gone', () => {
  it.skipIf(!ioredis)(
    'for ioredis, in order, with transactions and subscriptions; a new question is refused',
    async () => {
      server = await startServer(redisServer!, redisArguments)
      const relay = await redisRelay(server.port, undefined, 1 << 20)
      const script = async (port: number): Promise<unknown[]> => {
        const client = new ioredis.Redis({ port, host: '127.0.0.1' })
        const subscriber = client.duplicate()
        onTestFinished(() => [client, subscriber].forEach((each) => each.disconnect()))
        const said: unknown[] = []
        said.push(await client.set('user:1', 'Ada'), await client.get('user:1'), await client.hset('h', { a: '1' }))
        said.push(await client.pipeline().incr('n').incr('n').lpush('user:1', 'x').exec())
        said.push(await client.multi().incr('n').get('n').exec(), await client.hgetall('h'))
        const heard = once(subscriber, 'message')
        said.push(await subscriber.subscribe('news'))
        await client.publish('news', 'hello')
        said.push(await heard)
        await Promise.all([client.quit(), subscriber.quit()])
        return said.map((each) => JSON.stringify(each, (_key, v: unknown) => (v instanceof Error ? v.message : v)))
      }
      const recorded = await script(relay.port)
      await relay.over()
      await server.stop()
      server = undefined
      const { port } = await replayWire(wire, relay.exchanges)
      expect(await script(port)).toEqual(recorded)
      const late = new ioredis.Redis({ port, host: '127.0.0.1' })
      onTestFinished(() => late.disconnect())
      await expect(late.get('user:2')).rejects.toThrow('MORTAR_MISS nothing recorded answers GET user:2')
    },
  )

  it.skipIf(!nodeRedis)('for the redis client, which speaks RESP3', async () => {
    server = await startServer(redisServer!, redisArguments)
    const relay = await redisRelay(server.port, undefined, 1 << 20)
    const script = async (port: number): Promise<unknown> => {
      const client = nodeRedis.createClient({ url: `redis://127.0.0.1:${port}`, RESP: 3, database: 2 })
      client.on('error', () => {})
      onTestFinished(() => void (client.isOpen && client.destroy()))
      await client.connect()
      const said = await Promise.all([client.hSet('user:1', { a: '1' }), client.hGetAll('user:1'), client.get('none')])
      await client.close()
      return JSON.stringify(said)
    }
    const recorded = await script(relay.port)
    await relay.over()
    await server.stop()
    server = undefined
    expect(await script((await replayWire(wire, relay.exchanges)).port)).toEqual(recorded)
  })
})
