import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    flags: http({ origin: process.env.FLAGS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
