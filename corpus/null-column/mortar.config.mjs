import { defineConfig, postgres } from 'mortar'

export default defineConfig({
  boundaries: { people: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }) },
})
