import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    bookmarks: http({ origin: process.env.BOOKMARKS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    trending: http({ origin: process.env.TRENDING_URL ?? 'http://127.0.0.1:2', record: 'live' }),
  },
})
