import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    payments: http({ origin: process.env.PAYMENTS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    rooms: http({ origin: process.env.ROOMS_URL ?? 'http://127.0.0.1:2', record: 'live' }),
  },
})
