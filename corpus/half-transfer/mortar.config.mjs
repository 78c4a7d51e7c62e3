import { defineConfig, postgres } from 'mortar'

export default defineConfig({
  boundaries: { accounts: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }) },
})
