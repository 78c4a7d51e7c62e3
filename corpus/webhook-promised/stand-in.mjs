import { createServer } from 'node:http'
import { ask, retry } from 'corpus-kit/ask'
import { listen } from 'corpus-kit/stand-in'
import { receive } from './program/receive.mjs'

await listen('HOOKS_URL', createServer(receive))

/** Sends an event as vendors do: again, until it is acknowledged. */
export const send = (event) =>
  retry(() => ask('POST', `${process.env.HOOKS_URL}/webhooks`, { body: event, headers: { 'webhook-id': event.id } }))
