import { defineConfig, http, redis } from 'mortar'

export default defineConfig({
  boundaries: {
    locks: redis({ env: 'REDIS_URL' }),
    reports: http({ origin: process.env.REPORTS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
