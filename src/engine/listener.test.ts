import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { openListener } from './listener.ts'

test('hands over each connection and keeps our side open when the client ends', async () => {
  const listener = await openListener({
    onConnection: async (client) => void client.end(`heard ${await text(client)}`),
  })
  onTestFinished(() => listener.close())
  const client = net.connect({ host: listener.host, port: listener.port, allowHalfOpen: true })
  client.end('hello')
  expect(await text(client)).toBe('heard hello')
})

test('ends a connection when its server is done with it, and destroys it when the server fails', async () => {
  const listener = await openListener({
    onConnection: async (client) => {
      const [first] = (await once(client, 'data')) as [Buffer]
      if (first.toString() === 'fail') throw new Error('failed')
      client.write('done')
    },
  })
  onTestFinished(() => listener.close())
  const ask = async (question: string): Promise<string> => {
    const client = net.connect(listener.port, listener.host)
    client.write(question)
    return text(client)
  }
  expect(await ask('please')).toBe('done')
  expect(await ask('fail')).toBe('')
  expect(await ask('please')).toBe('done')
})

test('names the port and who wanted it when the port is taken', async () => {
  const first = await openListener({ onConnection: () => {} })
  onTestFinished(() => first.close())
  const second = openListener({ port: first.port, purpose: 'the boundary payments', onConnection: () => {} })
  await expect(second).rejects.toMatchObject({
    code: 'MORTAR_PORT_IN_USE',
    reason: `Port ${first.port} is taken, so the boundary payments cannot listen on it.`,
    where: `127.0.0.1:${first.port}`,
  })
})

test('says so when the address is not of this machine', async () => {
  const opening = openListener({ host: '192.0.2.1', onConnection: () => {} })
  await expect(opening).rejects.toMatchObject({ code: 'MORTAR_LISTEN_FAILED' })
})

test('close destroys what is connected, resolves when it is gone, and may be called twice', async () => {
  const accepted = Promise.withResolvers<Socket>()
  const listener = await openListener({ onConnection: (client) => accepted.resolve(client as Socket) })
  const client = net
    .connect(listener.port, listener.host)
    .on('error', () => {})
    .resume()
  const closed = once(client, 'close')
  const service = await accepted.promise
  await Promise.all([listener.close(), listener[Symbol.asyncDispose]()])
  expect(service.closed).toBe(true)
  await closed
  const again = net.connect(listener.port, listener.host)
  await expect(once(again, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a client that resets its connection does not reach the process', async () => {
  const gone = Promise.withResolvers<void>()
  const listener = await openListener({ onConnection: (client) => void client.resume().once('close', gone.resolve) })
  onTestFinished(() => listener.close())
  const client = net.connect(listener.port, listener.host)
  await once(client, 'connect')
  client.resetAndDestroy()
  await gone.promise
})
