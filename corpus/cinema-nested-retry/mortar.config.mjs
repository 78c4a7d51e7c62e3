import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { movies: http({ origin: process.env.MOVIES_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
