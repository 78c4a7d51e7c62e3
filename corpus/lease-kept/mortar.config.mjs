import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    leases: http({ origin: process.env.LEASES_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    reports: http({ origin: process.env.REPORTS_URL ?? 'http://127.0.0.1:2', record: 'live' }),
  },
})
