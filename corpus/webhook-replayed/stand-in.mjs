import { createServer } from 'node:http'
import { ask, retry } from 'corpus-kit/ask'
import { listen } from 'corpus-kit/stand-in'
import { receive } from './program/receive.mjs'

const lost = { replies: 0 }

/** The next so many answers of the program do not reach the vendor. */
export const loseReplies = (count) => void (lost.replies = count)

const server = createServer((request, response) => {
  if (lost.replies-- > 0) response.end = () => request.socket.destroy()
  return receive(request, response)
})
await listen('HOOKS_URL', server)

/** Sends an event as vendors do: again, until it is acknowledged. */
export const send = (event) =>
  retry(() => ask('POST', `${process.env.HOOKS_URL}/webhooks`, { body: event, headers: { 'webhook-id': event.id } }))
