import { defineConfig, postgres, webhook } from 'mortar'

export default defineConfig({
  boundaries: {
    payments: webhook({ path: '/webhooks/payments', owner: 'external' }),
    ledger: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
