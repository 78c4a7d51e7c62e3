import { defineConfig, postgres, webhook } from 'mortar'

export default defineConfig({
  boundaries: {
    payments: webhook({
      path: '/webhooks/payments',
      owner: 'external',
      signature: { scheme: 'stripe', secretEnv: 'WEBHOOK_SECRET' },
    }),
    ledger: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
