import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

const hasRedis = spawnSync('sh', ['-c', 'command -v redis-server']).status === 0
if (!hasRedis) console.warn('SKIPPED: services that stay away, because Redis is not there')

const names = `import { Redis } from 'ioredis'
// Keeps what it is asked until there is a connection, however long that takes.
const cache = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null })
cache.on('error', () => {})
export async function name() {
  const known = await cache.get('name')
  return known ?? 'nobody'
}
export const close = () => cache.disconnect()`

const namesTest = `import { Redis } from 'ioredis'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { close, name } from './program.mjs'
const own = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null })
own.on('error', () => {})
afterAll(() => { close(); own.disconnect() })
beforeEach(async () => void (await own.set('name', 'ada')))
test('a name is known', async () => expect(await name()).toBe('ada'))`

it.skipIf(!hasRedis)(
  'a cache that stays away keeps the program waiting that has no timeout, and not what a test sets up',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `cache: redis({ env: 'REDIS_URL' })`,
      packages: ['ioredis'],
      files: { 'program.mjs': names, 'program.test.mjs': namesTest },
    })
    const { document } = await runMatrix(made, '--fault', 'cache down')
    expect(document.cells.map(({ operation, verdict }) => [operation, verdict])).toEqual([['GET name', 'hang']])
    expect(document.findings[0]?.suggestedTest).toContain("serviceDown({ operation: 'GET name' })")
    const unanswered = await runMatrix(made, '--fault', 'cache no answer')
    expect(unanswered.document.cells.map(({ operation }) => operation)).toEqual(['GET name'])
  },
)
