import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    fares: http({ origin: process.env.FARES_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
