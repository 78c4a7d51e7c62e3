import { randomBytes } from 'node:crypto'
import { askBank } from './cards.ts'
import { group, type Parameters } from './form.ts'
import { invalid, refusal, type Reply } from './reply.ts'

interface PaymentIntent {
  readonly [field: string]: unknown
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly status: 'succeeded' | 'requires_payment_method'
}

interface Refund {
  readonly [field: string]: unknown
  readonly id: string
  readonly amount: number
  readonly payment_intent: string
}

/** Everything that one secret key sees. */
export interface Account {
  createIntent(parameters: Parameters): Reply
  createRefund(parameters: Parameters): Reply
  intent(id: string): Reply
  intents(parameters: Parameters): Reply
  refunds(parameters: Parameters): Reply
}

/** An account without a payment. */
export function createAccount(): Account {
  const intents = new Map<string, PaymentIntent>()
  const refunds = new Map<string, Refund>()

  function createIntent(parameters: Parameters): Reply {
    const amount = Number(parameters.get('amount'))
    const currency = parameters.get('currency')
    const paymentMethod = parameters.get('payment_method') ?? ''
    if (!Number.isInteger(amount) || amount < 50) return invalid('amount', 'Invalid integer, or below the minimum.')
    if (!currency) return invalid('currency', 'Missing required param: currency.', 'parameter_missing')
    if (parameters.get('confirm') !== 'true') return invalid('confirm', 'This stand-in only confirms at once.')
    const verdict = askBank(paymentMethod)
    if (!verdict) return invalid('payment_method', `No such PaymentMethod: '${paymentMethod}'`, 'resource_missing')

    const paid = verdict === 'accepted'
    const intent: PaymentIntent = {
      id: newId('pi'),
      object: 'payment_intent',
      amount,
      amount_received: paid ? amount : 0,
      currency,
      created: Math.floor(Date.now() / 1000),
      livemode: false,
      metadata: group(parameters, 'metadata'),
      payment_method: paid ? paymentMethod : null,
      payment_method_types: ['card'],
      status: paid ? 'succeeded' : 'requires_payment_method',
    }
    intents.set(intent.id, intent)
    if (paid) return { status: 200, body: intent }
    const { code, declineCode, message } = verdict
    return refusal(402, 'card_error', {
      code,
      ...(declineCode && { decline_code: declineCode }),
      message,
      payment_intent: intent,
    })
  }

  function createRefund(parameters: Parameters): Reply {
    const intent = intents.get(parameters.get('payment_intent') ?? '')
    if (!intent) return invalid('payment_intent', 'No such payment_intent', 'resource_missing')
    if (intent.status !== 'succeeded') return invalid('payment_intent', 'It was never paid.')
    const given = [...refunds.values()]
      .filter((refund) => refund.payment_intent === intent.id)
      .reduce((sum, refund) => sum + refund.amount, 0)
    const left = intent.amount - given
    const amount = Number(parameters.get('amount') ?? left)
    if (left === 0) return invalid('payment_intent', 'It has already been refunded.', 'charge_already_refunded')
    if (!Number.isInteger(amount) || amount < 1 || amount > left) {
      return invalid('amount', `Refund amount (${amount}) is greater than what is left (${left}).`)
    }
    const refund: Refund = {
      id: newId('re'),
      object: 'refund',
      amount,
      created: Math.floor(Date.now() / 1000),
      currency: intent.currency,
      payment_intent: intent.id,
      status: 'succeeded',
    }
    refunds.set(refund.id, refund)
    return { status: 200, body: refund }
  }

  return {
    createIntent,
    createRefund,
    intent(id) {
      const found = intents.get(id)
      return found
        ? { status: 200, body: found }
        : refusal(404, 'invalid_request_error', {
            code: 'resource_missing',
            message: `No such payment_intent: '${id}'`,
          })
    },
    intents: (parameters) => page([...intents.values()], parameters, '/v1/payment_intents'),
    refunds: (parameters) => page([...refunds.values()], parameters, '/v1/refunds'),
  }
}

/** The newest first; `limit` of them, after the one that `starting_after` names. */
function page(all: readonly { readonly id: string }[], parameters: Parameters, url: string): Reply {
  const newest = all.toReversed()
  const after = parameters.get('starting_after')
  const from = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && from === 0) return invalid('starting_after', `No such object: '${after}'`)
  const limit = Math.min(100, Math.max(1, Number(parameters.get('limit') ?? 10)))
  const data = newest.slice(from, from + limit)
  return { status: 200, body: { object: 'list', url, has_more: from + limit < newest.length, data } }
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}
