import { createServer, type IncomingMessage, type Server } from 'node:http'
import { transaction } from '../database.ts'
import { log } from '../log.ts'
import { addCustomer } from '../orders/customers.ts'
import { findOrder, listOrders } from '../orders/order-store.ts'
import { placeOrder } from '../orders/place-order.ts'
import { refundOrder } from '../orders/refund-order.ts'
import { listProducts } from '../orders/stock.ts'
import type { Shop } from '../shop.ts'
import { ShopError } from '../shop-error.ts'
import { readCustomer } from './customer-request.ts'
import { readOrderRequest } from './order-request.ts'
import { readId } from './read-id.ts'
import { readJson } from './read-json.ts'

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** The shop's HTTP API; the caller listens. */
export function createApi(shop: Shop): Server {
  return createServer((request, response) => {
    handle(shop, request)
      .catch(answerError)
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
      .catch((error: unknown) => log.error('no answer could be sent', error))
  })
}

async function handle(shop: Shop, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop')
  const [, collection, id, action] = pathname.split('/')
  switch (`${request.method} ${[collection, id && ':id', action].filter(Boolean).join('/')}`) {
    case 'GET products':
      return { status: 200, body: await listProducts(shop.database) }
    case 'POST customers': {
      const { email, name } = readCustomer(await readJson(request))
      return { status: 201, body: await transaction(shop.database, (tx) => addCustomer(tx, email, name)) }
    }
    case 'POST orders': {
      const { order, isNew } = await placeOrder(shop, readOrderRequest(await readJson(request)))
      return { status: isNew ? 201 : 200, body: order }
    }
    case 'GET orders':
      return { status: 200, body: await listOrders(shop.database, readId(searchParams.get('customer'))) }
    case 'GET orders/:id': {
      const order = await findOrder(shop.database, readId(id))
      if (!order) throw new ShopError(404, 'unknown_order', `There is no order ${id}.`)
      return { status: 200, body: order }
    }
    case 'POST orders/:id/refund': {
      const { amountCents } = await readJson(request)
      if (amountCents !== undefined && !(Number.isInteger(amountCents) && (amountCents as number) > 0)) {
        throw new ShopError(422, 'invalid_refund', '`amountCents` is wrong.')
      }
      return { status: 200, body: await refundOrder(shop, readId(id), amountCents as number | undefined) }
    }
    default:
      return { status: 404, body: { error: 'not_found' } }
  }
}

function answerError(error: unknown): Answer {
  if (error instanceof ShopError) {
    return { status: error.status, body: { error: error.code, message: error.message } }
  }
  log.error('a request failed', error)
  return { status: 500, body: { error: 'internal' } }
}
