/** Books every payment of the queue; tries once more what cannot be booked, and then puts it aside. */
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

function settle(how) {
  try {
    how()
  } catch {}
}
