import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    ranked: http({ origin: process.env.RANKED_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    dated: http({ origin: process.env.DATED_URL ?? 'http://127.0.0.1:2', record: 'live' }),
  },
})
