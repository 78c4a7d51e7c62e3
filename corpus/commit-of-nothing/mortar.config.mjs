import { defineConfig, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    audit: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
