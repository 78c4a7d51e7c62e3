import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { rates: http({ origin: process.env.RATES_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
