import { defineConfig, http } from 'mortar'

export default defineConfig({
  boundaries: {
    stock: http({ origin: process.env.STOCK_URL ?? 'http://127.0.0.1:1', record: 'live' }),
  },
})
