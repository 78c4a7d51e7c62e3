import { defineConfig, http, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    gateway: http({ origin: process.env.GATEWAY_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    payments: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
