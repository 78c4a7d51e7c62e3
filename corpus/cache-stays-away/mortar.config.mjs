import { defineConfig, http, redis } from 'mortar'

export default defineConfig({
  boundaries: {
    cache: redis({ env: 'REDIS_URL' }),
    catalog: http({ origin: process.env.CATALOG_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
