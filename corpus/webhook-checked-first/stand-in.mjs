import { createServer, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { listen } from 'corpus-kit/stand-in'
import { receive } from './program/receive.mjs'

/** The program, and a vendor who calls it with what node has always had. */
export async function openShop() {
  await listen('SHOP_URL', createServer(receive))
  return (event) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const sent = request(`${process.env.SHOP_URL}/webhooks/payments`, { method: 'POST', headers })
      sent.on('response', async (response) => resolve([response.statusCode, await json(response)]))
      sent.on('error', reject)
      sent.end(JSON.stringify(event))
    })
}
