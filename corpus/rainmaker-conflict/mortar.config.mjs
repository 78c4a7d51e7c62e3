import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    blobs: http({ origin: process.env.BLOBS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
