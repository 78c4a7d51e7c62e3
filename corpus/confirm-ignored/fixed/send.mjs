import { publish } from 'corpus-kit/queue'

/** Hands a mail over to the queue of mails. @throws an Error when the broker does not have it */
export async function send(channel, to) {
  await publish(channel, 'mails', { to })
  return 'sent'
}
