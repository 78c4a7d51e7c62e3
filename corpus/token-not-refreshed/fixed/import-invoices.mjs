import { ask, ServiceError } from 'corpus-kit/ask'

let token = 't1'

/** Takes over the invoices of the billing service. */
export async function importInvoices(db) {
  for (const { id, cents } of await list()) await db.query('INSERT INTO invoices VALUES ($1, $2)', [id, cents])
  return 'done'
}

async function list() {
  const { invoices } = await askAsUs().catch(async (error) => {
    if (error.status !== 401) throw error
    token = (await ask('POST', `${process.env.BILLING_URL}/token`, { body: {} })).token
    return askAsUs()
  })
  if (!Array.isArray(invoices)) throw new ServiceError('there are no invoices in the answer')
  return invoices
}

const askAsUs = () =>
  ask('GET', `${process.env.BILLING_URL}/invoices`, { headers: { authorization: `Bearer ${token}` } })
