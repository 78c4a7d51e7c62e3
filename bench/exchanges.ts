/** One question and its answer, as every subject gets it. */
export interface BenchExchange {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** JSON of about 2 KB; `undefined` for GET. */
  readonly body: string | undefined
  /** JSON of about 2 KB. */
  readonly answer: string
}

/** What every question carries, as a program's own client would send it. */
export const requestHeaders: Readonly<Record<string, string>> = {
  accept: 'application/json',
  authorization: 'Bearer bench-8f1f64c2a7d94c0e9b35',
}

/** Headers of every answer. */
export const answerHeaders: Readonly<Record<string, string>> = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-cache',
  'x-request-id': '5f6c1d7e-2b1a-4f0e-8c8e-3d1f0a9b7c11',
}

/** `count` exchanges: GETs told apart by their path and, alternating with them, POSTs told apart by their body alone. */
export function makeExchanges(count: number): BenchExchange[] {
  return Array.from({ length: count }, (_, i): BenchExchange =>
    i % 2 === 0
      ? { method: 'GET', path: `/orders/${i}`, body: undefined, answer: order(i, 'found') }
      : { method: 'POST', path: '/orders', body: order(i, 'asked'), answer: order(i, 'created') },
  )
}

function order(number: number, state: string): string {
  const id = number.toString(16).padStart(8, '0')
  return JSON.stringify({
    id: `${id}-41d4-4a7b-9c2e-0242ac120002`,
    number,
    state,
    created_at: '2026-11-20T10:15:30.000Z',
    currency: 'EUR',
    customer: {
      id: 100_000 + number,
      name: `Customer ${number}`,
      email: `customer.${number}@example.com`,
      address: { street: '12 Harbour Road', city: 'Rotterdam', postcode: '3011 AB', country: 'NL' },
      url: `https://shop.example.com/customers/${100_000 + number}`,
    },
    items: Array.from({ length: 8 }, (_, i) => ({
      sku: `SKU-${1000 + i}-${number}`,
      title: `Article ${i} of order ${number}, in blue, size ${i + 36}`,
      quantity: 1 + (i % 3),
      price: { amount: (19.99 + i).toFixed(2), tax: 0.21 },
      tags: ['summer', 'sale', `batch-${number % 97}`],
    })),
    note: 'Leave it with the neighbours when nobody is at home, and ring the bell twice.',
    total: 199.9 + number,
  })
}
