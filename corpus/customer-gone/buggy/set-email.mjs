import { ask, retry } from 'corpus-kit/ask'

/** Keeps the address of a customer, who need not be known there yet. */
export async function setEmail(id, email) {
  const customer = `${process.env.CRM_URL}/customers/${id}`
  try {
    await retry(() => ask('PATCH', customer, { body: { email } }))
  } catch (error) {
    if (error.status !== 404) throw error
    console.warn(`${id} is not known`)
  }
  return email
}
