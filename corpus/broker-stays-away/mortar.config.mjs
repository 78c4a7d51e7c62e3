import { defineConfig, postgres, rabbitmq } from 'mortar'

export default defineConfig({
  boundaries: {
    orders: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
    events: rabbitmq({ env: 'AMQP_URL' }),
  },
})
