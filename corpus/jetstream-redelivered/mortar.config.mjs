import { defineConfig, nats, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    ledger: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
    events: nats({ env: 'NATS_URL' }),
  },
})
