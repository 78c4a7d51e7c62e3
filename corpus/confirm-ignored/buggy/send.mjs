/** Hands a mail over to the queue of mails. */
export async function send(channel, to) {
  await new Promise((resolve) => {
    channel.sendToQueue('mails', Buffer.from(JSON.stringify({ to })), { persistent: true }, () => resolve())
  })
  return 'sent'
}
