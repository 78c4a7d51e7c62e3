import { defineConfig, postgres } from 'mortar'

export default defineConfig({
  boundaries: { notes: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }) },
})
