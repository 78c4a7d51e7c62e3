/**
 * What the shop needs of its payment gateway, as the matrix has proved it: it is what the source reads, and the Pact of
 * it is fulfilled by what stands in for the gateway.
 */
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'

/**
 * Read off the source, by hand: what `shop/src/payments` and the SDK of Stripe behind it look at in each answer. It is
 * what the program cannot do without; whatever else is read makes no difference.
 */
const read: Readonly<Record<string, readonly string[]>> = {
  // `charge` returns `intent.id`, with which the order is refunded later.
  'POST /v1/payment_intents 200': ['/id'],
  // For the SDK, any answer with an `error` is one; its class follows from the status. `explainDecline` asks for `code`.
  'POST /v1/payment_intents 402': ['/error/code'],
  // Without `error` this would be a payment. `retry` looks at the class of the error alone.
  'POST /v1/payment_intents 503': ['/error'],
  // Nobody looks at a refund that was made.
  'POST /v1/refunds 200': [],
}

/** What is read of `.mortar/matrix.json`. */
interface Matrix {
  readonly contracts: readonly {
    readonly boundary: string
    readonly operation: string
    readonly status: number
    readonly fields: readonly { readonly pointer: string; readonly grade: string; readonly readBy: string }[]
    readonly sufficient?: { readonly held: boolean }
  }[]
}

/** The parts of Pact's own package that are used. */
interface PactPackage {
  readonly Verifier: new (options: object) => { verifyProvider(): Promise<unknown> }
}

/** A question on its way to the provider. */
interface Asked {
  readonly path: string
  readonly headers: Record<string, string>
  body: unknown
}

/**
 * @param shop - Folder of the shop, in which a whole matrix has run.
 * @throws Error that says what is proved and not read or the other way round, or what the stand-in does not fulfil
 */
export async function proveContract(shop: URL): Promise<void> {
  const matrix = JSON.parse(readFileSync(new URL('.mortar/matrix.json', shop), 'utf8')) as Matrix
  const proved = matrix.contracts.filter(({ boundary }) => boundary === 'payments')
  const needed = Object.fromEntries(
    proved
      .map(({ operation, status, fields }): [string, readonly string[]] => [
        `${operation} ${status}`,
        fields.flatMap(({ pointer, grade, readBy }) =>
          readBy !== 'test' && (grade === 'asserted' || grade === 'propagated') ? [pointer] : [],
        ),
      ])
      .toSorted(([a], [b]) => a.localeCompare(b)),
  )
  if (!isDeepStrictEqual(needed, read)) {
    throw new Error(`what is proved is not what the source reads:\n${print(needed)}\n\nread:\n${print(read)}`)
  }
  const insufficient = proved.filter(({ sufficient }) => sufficient?.held !== true)
  if (insufficient.length > 0) throw new Error(`it is not shown to be enough:\n${print(insufficient)}`)
  await verify(shop)
  console.log(`What the shop needs of the gateway is what its source reads, and its stand-in fulfils the Pact:\n`)
  for (const [name, pointers] of Object.entries(needed)) console.log(`  ${name}: ${pointers.join(', ') || 'nothing'}`)
}

/** Has Pact's own verifier ask the stand-in. */
async function verify(shop: URL): Promise<void> {
  const { createGateway } = (await import(new URL('gateway/server.ts', shop).href)) as {
    createGateway(): import('node:http').Server
  }
  const { Verifier } = createRequire(import.meta.url)('@pact-foundation/pact') as PactPackage
  const gateway = createGateway().listen(0, '127.0.0.1')
  await once(gateway, 'listening')
  const providerBaseUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`
  const headers = { authorization: 'Bearer sk_test_pact' }
  const post = async (path: string, body: Record<string, string>): Promise<{ readonly id: string }> =>
    (await fetch(providerBaseUrl + path, { method: 'POST', headers, body: new URLSearchParams(body) })).json() as never
  process.env['PACT_DO_NOT_TRACK'] = 'true'
  try {
    await new Verifier({
      providerBaseUrl,
      pactUrls: [new URL('.mortar/contracts/payments.pact.json', shop).pathname],
      logLevel: 'error',
      stateHandlers: {
        'POST /v1/payment_intents answers 503': () => post('/stand-in/outage', { requests: '1' }),
      },
      // What was redacted, or is another one each time, is for whoever verifies to put in.
      requestFilter: async (asked: Asked, _response: unknown, next: () => void) => {
        asked.headers['authorization'] = headers.authorization
        await complete(asked, post)
        next()
      },
    }).verifyProvider()
  } finally {
    gateway.closeAllConnections()
    gateway.close()
  }
}

/** A refund is one of a payment that the stand-in knows; and Pact's proxy has taken forms apart. */
async function complete(
  asked: Asked,
  post: (path: string, body: Record<string, string>) => Promise<{ readonly id: string }>,
): Promise<void> {
  if (asked.headers['content-type'] !== 'application/x-www-form-urlencoded') return
  const form = Object.fromEntries(pairs(asked.body as object))
  if (asked.path === '/v1/refunds') {
    const paid = { amount: form['amount'] ?? '', currency: 'eur', payment_method: 'pm_card_visa', confirm: 'true' }
    form['payment_intent'] = (await post('/v1/payment_intents', paid)).id
  }
  const body = Buffer.from(new URLSearchParams(form).toString())
  asked.body = body
  asked.headers['content-length'] = String(body.length)
}

function pairs(value: object, within = ''): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]): readonly (readonly [string, string])[] => {
    const name = within === '' ? key : `${within}[${key}]`
    return typeof one === 'object' && one !== null ? pairs(one, name) : [[name, String(one)]]
  })
}

function print(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}
