import { defineConfig, postgres, redis } from 'mortar'

export default defineConfig({
  boundaries: {
    cache: redis({ env: 'REDIS_URL' }),
    users: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
