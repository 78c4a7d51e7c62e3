import { defineConfig } from 'vitest/config'
import suite, { slow } from './vitest.config.ts'

/** The tests that `npm test` leaves out. Several matrices at a time take minutes on a busy machine. */
const timeoutMs = 240_000

export default defineConfig({
  test: {
    ...suite.test,
    include: slow.map((pattern) => pattern.replace(/\*\*$/, '**/*.test.ts')),
    exclude: [],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
})
