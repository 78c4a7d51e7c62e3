/** The client of Stripe's API, told to use another host. */
import { Stripe } from 'stripe'

const { hostname: host, port } = new URL(process.env.BASE)
const stripe = new Stripe('sk_test_4eC39HqLyjWDarjtT1zdp7dc', {
  host,
  port: Number(port),
  protocol: 'http',
  maxNetworkRetries: 0,
})
const seen = {}
seen.customer = await stripe.customers.create({ email: 'ada@example.com', metadata: { order: '6735' } })
seen.charges = []
for await (const charge of stripe.charges.list({ limit: 2 })) seen.charges.push(charge.id)
seen.declined = await stripe.charges
  .create({ amount: 100, currency: 'eur' })
  .catch(({ type, code, statusCode, requestId }) => [type, code, statusCode, requestId])
const other = new Stripe('sk_test_4eC39HqLyjWDarjtT1zdp7dc', {
  host,
  port: Number(port),
  protocol: 'http',
  maxNetworkRetries: 0,
  httpClient: Stripe.createFetchHttpClient(),
})
seen.fetched = await other.customers.create({ name: 'Grace' })
console.log(JSON.stringify(seen))
process.exit()
