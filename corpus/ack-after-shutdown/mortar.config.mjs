import { defineConfig, postgres, rabbitmq } from 'mortar'

export default defineConfig({
  boundaries: {
    ledger: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
    jobs: rabbitmq({ env: 'AMQP_URL' }),
  },
})
