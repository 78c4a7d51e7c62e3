import { transaction } from 'corpus-kit/database'

const mostAttempts = 3

/** Books every payment of the stream once; tries again what cannot be booked, and puts it aside in the end. */
export async function book(streams, db) {
  const consumer = await streams.consumers.get('PAYMENTS', 'booker')
  const messages = await consumer.consume({ max_messages: 1 })
  // It goes on until the connection is closed.
  void take(messages, db).catch(() => {})
}

async function take(messages, db) {
  for await (const message of messages) {
    try {
      await bookOnce(db, message.json())
      settle(() => message.ack())
    } catch {
      const isLast = message.info.deliveryCount >= mostAttempts
      settle(() => (isLast ? message.term() : message.nak()))
    }
  }
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
