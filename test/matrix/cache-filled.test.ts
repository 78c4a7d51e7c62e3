import { describe, expect, it } from 'vitest'
import { findPrograms } from '../../src/services/find-program.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const [server] = findPrograms({ names: ['redis-server'], env: process.env })
if (server === undefined) console.warn('SKIPPED: faults of caches, because there is no redis-server')

/** A cache in front of the gateway, of which whatever is found there is believed. */
const program = `import { createClient } from 'redis'
export async function open() {
  const cache = createClient({ url: process.env.REDIS_URL, socket: { reconnectStrategy: (tried) => tried < 5 && 50 } })
  cache.on('error', () => {})
  return cache.connect()
}
async function fetched(cache) {
  const response = await fetch(process.env.GATEWAY + '/v1/rates', { signal: AbortSignal.timeout(6000) })
  if (!response.ok) throw new Error('no rates')
  const rates = await response.json()
  await cache.set('rates', JSON.stringify(rates))
  return rates
}
export async function rates(cache) {
  const found = await cache.get('rates')
  if (found === null) return fetched(cache)
  return JSON.parse(found)
}
`

const test = `import { expect, test } from 'vitest'
import { open, rates } from './rates.mjs'
test('asks for rates once', async () => {
  const cache = await open()
  try {
    expect(await rates(cache)).toEqual({ currency: 'eur' })
    expect(await rates(cache)).toEqual({ currency: 'eur' })
  } finally { cache.destroy() }
})`

describe.runIf(server !== undefined).concurrent('a cache that the test itself has filled', () => {
  it('is struck where something is found, and half a value that nobody minds is found out', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({
      after,
      boundaries: 'cache: redis({}),',
      packages: ['redis'],
      files: { 'rates.mjs': program, 'rates.test.mjs': test },
    })
    const aimed = async (fault: string): Promise<unknown> => {
      const { document } = await runMatrix(made, '--boundary', 'cache', '--fault', fault)
      return document.cells.map(({ operation, nth, verdict }) => [operation, nth, verdict])
    }
    expect(await aimed('cache miss')).toEqual([['GET rates', 2, 'handled']])
    expect(await aimed('cache half value')).toEqual([['GET rates', 2, 'unrelated-error']])
  })
})
