import { defineConfig, redis } from 'mortar'

export default defineConfig({ boundaries: { counters: redis({ env: 'REDIS_URL' }) } })
