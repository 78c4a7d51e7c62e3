import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { carrier: http({ origin: process.env.CARRIER_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
