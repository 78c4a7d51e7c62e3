import { defineConfig, http, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    machines: http({ origin: process.env.MACHINES_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    inventory: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
