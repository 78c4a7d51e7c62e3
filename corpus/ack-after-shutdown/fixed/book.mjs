/** Books every payment of the queue. What cannot be booked is put aside. */
export async function book(channel, db) {
  await channel.consume('payments', async (message) => {
    if (message === null) return
    try {
      const { id, cents } = JSON.parse(message.content)
      await db.query('INSERT INTO entries VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, cents])
      settle(() => channel.ack(message))
    } catch {
      settle(() => channel.nack(message, false, !message.fields.redelivered))
    }
  })
}

/** On a channel that is gone there is nothing to settle: the broker gives the message to the next one. */
function settle(how) {
  try {
    how()
  } catch {}
}
