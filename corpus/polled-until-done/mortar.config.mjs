import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: { jobs: http({ origin: process.env.JOBS_URL ?? 'http://127.0.0.1:1', record: 'live' }) },
})
