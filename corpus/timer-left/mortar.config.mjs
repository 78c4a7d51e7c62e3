import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { render: http({ origin: process.env.RENDER_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
