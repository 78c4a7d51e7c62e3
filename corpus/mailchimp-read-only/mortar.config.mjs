import { defineConfig, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    links: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
  },
})
