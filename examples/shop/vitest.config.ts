import { mortar } from 'mortar/vitest'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [mortar()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/stand-ins.ts'],
    env: { LOG: 'off' },
    testTimeout: 30_000,
    // A hook that waits for what a fault has cut off does so in each cell.
    hookTimeout: 4_000,
  },
})
