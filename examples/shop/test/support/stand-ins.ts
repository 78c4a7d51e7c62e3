import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createGateway } from '../../gateway/server.ts'
import { openMailbox } from '../../mailbox/server.ts'

/** Starts what stands in for services of others, once for all workers. */
export async function setup(): Promise<() => Promise<void>> {
  const gateway = createGateway().listen(0, '127.0.0.1')
  await once(gateway, 'listening')
  const mailbox = await openMailbox()
  process.env.GATEWAY_URL = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`
  process.env.MAIL_ORIGIN = `tcp://127.0.0.1:${mailbox.smtpPort}`
  process.env.MAILBOX_URL = `http://127.0.0.1:${mailbox.httpPort}`
  return async () => {
    gateway.closeAllConnections()
    gateway.close()
    await mailbox.close()
  }
}
