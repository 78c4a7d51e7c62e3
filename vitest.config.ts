import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/**
 * What starts test runners, brokers and encrypted servers by the dozen, or measures the matrix: `npm run test:slow`, and
 * in CI. The rest, `npm test`, is to stay under five minutes on two cores.
 */
export const slow: readonly string[] = [
  'test/matrix/**',
  'test/services/amqp/**',
  'test/services/attached/{connections,migrations,postgres-isolation,replayed,strange-clients,tls,tls-in-tests}.test.ts',
  'test/timeline/{brokers,finding-rules,plans-at-volume}.test.ts',
]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...slow],
    globalSetup: ['test/support/build.ts'],
    // Processes of tests that run our sources strip their types once, and not each for itself.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
    // Tests mostly wait for processes; vitest would leave one of two cores to itself.
    maxWorkers: availableParallelism() + 1,
    // Only what hangs is to end by these: a busy machine takes long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 50_000 } },
    reporters: ['default'],
  },
})
