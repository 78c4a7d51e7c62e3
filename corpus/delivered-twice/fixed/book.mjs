import { transaction } from 'corpus-kit/database'

/** Books every payment of the queue once; tries once more what cannot be booked, and then puts it aside. */
export async function book(channel, db) {
  await channel.prefetch(1)
  await channel.consume('payments', async (message) => {
    if (message === null) return
    try {
      await bookOnce(db, JSON.parse(message.content))
      settle(() => channel.ack(message))
    } catch {
      settle(() => channel.nack(message, false, !message.fields.redelivered))
    }
  })
}

async function bookOnce(db, { id, cents }) {
  await transaction(db, async (tx) => {
    const { rowCount } = await tx.query('INSERT INTO seen VALUES ($1) ON CONFLICT DO NOTHING', [id])
    if (rowCount === 1) await tx.query('INSERT INTO entries VALUES ($1, $2)', [id, cents])
  })
}

function settle(how) {
  try {
    how()
  } catch {}
}
