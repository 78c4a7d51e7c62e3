import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    billing: http({ origin: process.env.BILLING_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
