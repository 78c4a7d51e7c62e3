import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    search: http({ origin: process.env.SEARCH_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
