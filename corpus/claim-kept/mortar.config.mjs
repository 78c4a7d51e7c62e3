import { defineConfig, http, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    films: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
    render: http({ origin: process.env.RENDER_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
