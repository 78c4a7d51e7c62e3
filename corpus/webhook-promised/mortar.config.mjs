import { defineConfig, http, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    hooks: http({ origin: process.env.HOOKS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    ledger: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
