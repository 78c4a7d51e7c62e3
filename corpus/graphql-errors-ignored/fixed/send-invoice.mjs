import { ask, ServiceError } from 'corpus-kit/ask'

const query = 'mutation SendInvoice($id: ID!) { sendInvoice(id: $id) { id sent } }'

/** Sends an invoice. */
export async function sendInvoice(id) {
  const answer = await ask('POST', `${process.env.BILLING_URL}/graphql`, { body: { query, variables: { id } } })
  if (answer.errors?.length > 0) throw new ServiceError(`invoice ${id}: ${answer.errors[0].message}`)
  if (!answer.data?.sendInvoice?.sent) throw new ServiceError(`invoice ${id} was not sent`)
  return 'sent'
}
