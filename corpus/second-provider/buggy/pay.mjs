import { ask } from 'corpus-kit/ask'

/** Pays an order, by the backup provider where the first one does not work. */
export async function pay({ order, cents }) {
  try {
    const body = { amount: cents, reference: order }
    const charge = await ask('POST', `${process.env.PAYMENTS_URL}/v1/charges`, { body })
    return { order, paid: charge.amount }
  } catch (error) {
    if (!error.passing) throw error
    const body = { value: cents, orderId: order }
    const payment = await ask('POST', `${process.env.BACKUP_URL}/payments`, { body })
    return { order, paid: payment.cents }
  }
}
