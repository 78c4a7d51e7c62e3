import { defineConfig, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    stock: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
