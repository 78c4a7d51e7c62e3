import { mortar } from 'mortar/vitest'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [mortar()],
  test: {
    include: ['proof/**/*.test.ts'],
    globalSetup: ['test/support/stand-ins.ts'],
    env: { LOG: 'off' },
    testTimeout: 60_000,
  },
})
