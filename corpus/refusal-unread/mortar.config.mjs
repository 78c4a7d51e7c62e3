import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { invoices: http({ origin: process.env.INVOICES_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
