import { defineConfig, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    orders: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
