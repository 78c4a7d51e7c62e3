import { defineConfig, http, postgres, rabbitmq, tcp } from 'mortar'

export default defineConfig({
  test: 'vitest run',
  // What stands in for the gateway is no part of the shop.
  matrix: { exclude: ['test/gateway.test.ts'] },
  boundaries: {
    payments: http({
      origin: process.env.GATEWAY_URL ?? 'http://127.0.0.1:12111',
      env: 'STRIPE_API_BASE',
      owner: 'external',
      risk: 'critical',
      // The stand-in has state, so it is asked and not recorded.
      record: 'live',
    }),
    orders: postgres({
      env: 'DATABASE_URL',
      owner: 'shop',
      risk: 'critical',
      migrations: 'migrations',
      seed: 'seeds/products.sql',
    }),
    events: rabbitmq({ env: 'AMQP_URL', owner: 'shop', risk: 'high' }),
    mail: tcp({
      origin: process.env.MAIL_ORIGIN ?? 'tcp://127.0.0.1:2525',
      env: 'SMTP_URL',
      owner: 'external',
      risk: 'medium',
      record: 'live',
    }),
  },
})
