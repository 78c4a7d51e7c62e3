import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { crm: http({ origin: process.env.CRM_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
