import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Account, createAccount } from './account.ts'
import { canonical, type Parameters, readForm } from './form.ts'
import { type Answered, createIdempotencyKeys, type IdempotencyKeys } from './idempotency.ts'
import { refusal, type Reply } from './reply.ts'

interface Tenant {
  readonly account: Account
  readonly keys: IdempotencyKeys
  /** How many requests from now on are lost to an outage. */
  outage: number
}

/**
 * Stands in for Stripe: what this shop uses of its API, with state. Each secret key is an account of its own, so that
 * tests do not see one another's payments. `POST /stand-in/outage` with `requests=N` makes the next N fail.
 */
export function createGateway({ bankMs = 2 }: { readonly bankMs?: number } = {}): Server {
  const tenants = new Map<string, Tenant>()

  function tenantOf(secretKey: string): Tenant {
    let tenant = tenants.get(secretKey)
    if (!tenant) {
      tenant = { account: createAccount(), keys: createIdempotencyKeys(), outage: 0 }
      tenants.set(secretKey, tenant)
    }
    return tenant
  }

  async function answer(request: IncomingMessage): Promise<Answered> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://gateway')
    const body = await text(request)
    const secretKey = /^Bearer (sk_\w+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (secretKey === undefined) {
      return refusal(401, 'invalid_request_error', { message: 'You did not provide an API key.' })
    }
    const tenant = tenantOf(secretKey)
    const parameters = readForm(request.method === 'GET' ? search : body)
    if (pathname === '/stand-in/outage') {
      tenant.outage = Number(parameters.get('requests'))
      return { status: 200, body: {} }
    }
    if (tenant.outage > 0) {
      tenant.outage -= 1
      return refusal(503, 'api_error', { message: 'We are having trouble. Please try again.' })
    }
    if (request.method === 'GET') return read(tenant.account, pathname, parameters)
    const work = write(tenant.account, pathname, parameters)
    if (request.method !== 'POST' || !work) return unknown(pathname)
    const key = request.headers['idempotency-key'] as string | undefined
    return tenant.keys.once(key, `${pathname} ${canonical(parameters)}`, async () => {
      await delay(bankMs)
      return work()
    })
  }

  return createServer((request, response) => {
    answer(request)
      .then(({ status, body, replayed }) => {
        response.writeHead(status, {
          'content-type': 'application/json',
          'request-id': `req_${randomBytes(7).toString('hex')}`,
          ...(replayed && { 'idempotent-replayed': 'true' }),
        })
        response.end(JSON.stringify(body))
      })
      .catch((error: Error) => response.destroy(error))
  })
}

function read(account: Account, path: string, parameters: Parameters): Reply {
  if (path === '/v1/payment_intents') return account.intents(parameters)
  if (path === '/v1/refunds') return account.refunds(parameters)
  const [, id] = /^\/v1\/payment_intents\/(\w+)$/.exec(path) ?? []
  return id === undefined ? unknown(path) : account.intent(id)
}

function write(account: Account, path: string, parameters: Parameters): (() => Reply) | undefined {
  if (path === '/v1/payment_intents') return () => account.createIntent(parameters)
  if (path === '/v1/refunds') return () => account.createRefund(parameters)
  return undefined
}

function unknown(path: string): Reply {
  return refusal(404, 'invalid_request_error', { message: `Unrecognized request URL (${path}).` })
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
