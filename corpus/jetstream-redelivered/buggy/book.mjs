const mostAttempts = 3

/** Books every payment of the stream; tries again what cannot be booked, and puts it aside in the end. */
export async function book(streams, db) {
  const consumer = await streams.consumers.get('PAYMENTS', 'booker')
  const messages = await consumer.consume({ max_messages: 1 })
  // It goes on until the connection is closed.
  void take(messages, db).catch(() => {})
}

async function take(messages, db) {
  for await (const message of messages) {
    try {
      const { id, cents } = message.json()
      await db.query('INSERT INTO entries VALUES ($1, $2)', [id, cents])
      settle(() => message.ack())
    } catch {
      const isLast = message.info.deliveryCount >= mostAttempts
      settle(() => (isLast ? message.term() : message.nak()))
    }
  }
}

function settle(how) {
  try {
    how()
  } catch {}
}
