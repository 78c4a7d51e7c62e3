import { defineConfig, http, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    items: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
    shipping: http({ origin: process.env.SHIPPING_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
