/** Hands a mail over to the queue of mails. */
export async function send(channel, to) {
  channel.sendToQueue('mails', Buffer.from(JSON.stringify({ to })), { persistent: true })
  return 'sent'
}
