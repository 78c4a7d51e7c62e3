import { defineConfig, mysql } from 'mortar'

export default defineConfig({
  boundaries: {
    bank: mysql({ env: 'MARIADB_URL', migrations: 'migrations' }),
  },
})
