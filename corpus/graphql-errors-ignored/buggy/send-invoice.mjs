import { ask } from 'corpus-kit/ask'

const query = 'mutation SendInvoice($id: ID!) { sendInvoice(id: $id) { id sent } }'

/** Sends an invoice. */
export async function sendInvoice(id) {
  await ask('POST', `${process.env.BILLING_URL}/graphql`, { body: { query, variables: { id } } })
  return 'sent'
}
