import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    metadata: http({ origin: process.env.METADATA_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    content: http({ origin: process.env.CONTENT_URL ?? 'http://127.0.0.1:2', record: 'live' }),
  },
})
