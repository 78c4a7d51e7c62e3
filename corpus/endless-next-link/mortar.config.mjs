import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    forge: http({ origin: process.env.FORGE_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
