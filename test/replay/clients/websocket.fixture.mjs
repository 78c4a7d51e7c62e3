/** WebSocket clients: node's own and `ws`. */
import { once } from 'node:events'
import { WebSocket as Ws } from 'ws'

const seen = {}
const address = `${process.env.BASE.replace('http:', 'ws:')}/socket`
const native = new WebSocket(`${address}?native`)
native.binaryType = 'arraybuffer'
const heard = []
native.addEventListener('message', ({ data }) => {
  heard.push(typeof data === 'string' ? data : Buffer.from(data).toString('hex'))
  if (heard.length === 3) native.close(1000, 'enough')
})
native.addEventListener('open', () => native.send('hello'))
const [closed] = await new Promise((resolve) => native.addEventListener('close', (event) => resolve([event])))
seen.native = [heard, closed.code, closed.wasClean]

const socket = new Ws(`${address}?ws`)
await once(socket, 'open')
const messages = []
socket.on('message', (data, isBinary) => messages.push(isBinary ? data.toString('hex') : data.toString()))
socket.send('hello')
while (messages.length < 3) await once(socket, 'message')
socket.send(Buffer.from([1, 2, 3]))
while (messages.length < 4) await once(socket, 'message')
socket.close(1000)
seen.ws = [messages, (await once(socket, 'close'))[0]]
console.log(JSON.stringify(seen))
process.exit()
