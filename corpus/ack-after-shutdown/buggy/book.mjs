/** Books every payment of the queue. What cannot be booked is put aside. */
export async function book(channel, db) {
  await channel.consume('payments', async (message) => {
    if (message === null) return
    try {
      const { id, cents } = JSON.parse(message.content)
      await db.query('INSERT INTO entries VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, cents])
    } catch {
      return channel.nack(message, false, !message.fields.redelivered)
    }
    channel.ack(message)
  })
}
