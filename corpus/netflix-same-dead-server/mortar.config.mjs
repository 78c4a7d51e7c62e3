import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { ratings: http({ origin: process.env.RATINGS_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
