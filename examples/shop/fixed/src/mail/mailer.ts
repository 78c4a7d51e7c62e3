import { createTransport } from 'nodemailer'
import type { OrderCreated } from '../events/order-created.ts'

/** Writes to customers. */
export interface Mailer {
  confirm(event: OrderCreated): Promise<void>
  close(): void
}

export function openMailer(smtpUrl: string): Mailer {
  const { hostname, port, protocol, username, password } = new URL(smtpUrl)
  const transport = createTransport({
    host: hostname,
    port: Number(port),
    secure: protocol === 'smtps:',
    ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
  })
  return {
    async confirm({ orderId, reference, totalCents, customer, lines }) {
      await transport.sendMail({
        from: 'Shop <orders@shop.example>',
        to: { name: customer.name, address: customer.email },
        // One that comes twice all the same is known again on its way.
        messageId: `<order-${orderId}@shop.example>`,
        subject: `Your order ${reference}`,
        text: [
          `Hello ${customer.name},`,
          '',
          ...lines.map(({ sku, quantity }) => `${quantity} x ${sku}`),
          `Total: ${(totalCents / 100).toFixed(2)} EUR`,
        ].join('\n'),
      })
    },
    close: () => transport.close(),
  }
}
