/** Makes a thumbnail of every picture of the queue. What fails twice is put aside. */
export async function makeThumbnails(channel, make) {
  await channel.prefetch(1)
  await channel.consume('thumbnails', (message) => {
    if (message === null) return
    try {
      make(nameIn(message))
      channel.ack(message)
    } catch {
      channel.nack(message, false, !message.fields.redelivered)
    }
  })
}

function nameIn({ content }) {
  const { name } = JSON.parse(content)
  if (typeof name !== 'string') throw new Error('a picture has a name')
  return name
}
