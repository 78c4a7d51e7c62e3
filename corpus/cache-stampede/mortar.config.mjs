import { defineConfig, http, redis } from 'mortar'

export default defineConfig({
  boundaries: {
    cache: redis({ env: 'REDIS_URL' }),
    prices: http({ origin: process.env.PRICES_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
