/** Records what the tests replay, from the stand-in gateway with the same payments on its books each time. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Stripe } from 'stripe'
import { createGateway } from '../gateway/server.ts'

const port = 12111
const gateway = createGateway().listen(port, '127.0.0.1')
await once(gateway, 'listening')
const stripe = new Stripe('sk_test_december', { host: '127.0.0.1', port, protocol: 'http', telemetry: false })

const [first] = await Promise.all([pay(2500), pay(1250), pay(6400), pay(15900), pay(1800), pay(1900, 'usd')])
await stripe.refunds.create({ payment_intent: first!.id })
await pay(990, 'eur', 'pm_card_visa_chargeDeclined').catch((error: unknown) => {
  if (!(error instanceof Stripe.errors.StripeCardError)) throw error
})

const tests = spawn('npx --no-install mortar run -- python3 -m unittest', {
  shell: true,
  stdio: 'inherit',
  cwd: import.meta.dirname,
  env: { ...process.env, MORTAR_RECORD: 'all' },
})
const [code] = (await once(tests, 'close')) as [number | null]
gateway.closeAllConnections()
gateway.close()
process.exitCode = code ?? 1

function pay(amount: number, currency = 'eur', paymentMethod = 'pm_card_visa'): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({ amount, currency, payment_method: paymentMethod, confirm: true })
}
