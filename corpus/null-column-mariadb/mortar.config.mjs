import { defineConfig, mysql } from 'mortar'

export default defineConfig({
  boundaries: { people: mysql({ env: 'MARIADB_URL', migrations: 'migrations' }) },
})
