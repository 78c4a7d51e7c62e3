import { defineConfig, postgres, redis } from 'mortar'

export default defineConfig({
  boundaries: {
    cache: redis({ env: 'REDIS_URL' }),
    seats: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
