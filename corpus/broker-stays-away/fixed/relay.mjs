/** Publishes what is written down. What cannot be published now stays for the next time; in production a timer asks. */
export async function relay(db, publisher) {
  try {
    const { rows } = await db.query('SELECT id, queue, body FROM outbox')
    for (const { id, queue, body } of rows) {
      await publisher.publish(queue, body, { messageId: id })
      await db.query('DELETE FROM outbox WHERE id = $1', [id])
    }
  } catch {
    // Until the next time.
  }
}
