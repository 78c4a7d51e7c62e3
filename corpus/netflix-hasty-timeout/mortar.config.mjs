import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { history: http({ origin: process.env.HISTORY_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
