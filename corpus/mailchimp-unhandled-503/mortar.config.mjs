import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    links: http({ origin: process.env.LINKS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    counters: http({ origin: process.env.COUNTERS_URL ?? 'http://127.0.0.1:2', record: 'live', risk: 'low' }),
  },
})
