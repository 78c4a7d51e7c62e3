/** Books every payment of the queue. */
export async function book(channel, db) {
  await channel.consume('payments', async (message) => {
    if (message === null) return
    try {
      const { id, cents } = JSON.parse(message.content)
      await db.query('INSERT INTO entries VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, cents])
      channel.ack(message)
    } catch (error) {
      console.error(error.message)
    }
  })
}
