import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    seats: http({ origin: process.env.SEATS_URL ?? 'http://127.0.0.1:1', record: 'live' }),
    tickets: http({ origin: process.env.TICKETS_URL ?? 'http://127.0.0.1:2', record: 'live' }),
  },
})
