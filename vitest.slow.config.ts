import { defineConfig } from 'vitest/config'
import suite, { slow } from './vitest.config.ts'

/** The tests that `npm test` leaves out. */
export default defineConfig({
  test: { ...suite.test, include: slow.map((pattern) => pattern.replace(/\*\*$/, '**/*.test.ts')), exclude: [] },
})
