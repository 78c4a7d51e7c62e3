import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    accounts: http({ origin: process.env.ACCOUNTS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    sessions: http({ origin: process.env.SESSIONS_URL ?? 'http://127.0.0.1:2', record: 'live' }),
  },
})
