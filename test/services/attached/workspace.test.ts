import { expect, it } from 'vitest'
import { project } from '../../support/project.ts'
import { isInstalled } from '../providers/support.ts'

const needs = it.skipIf(!isInstalled('postgres') || !isInstalled('redis'))

const plugin = `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()] }`
const config = (boundaries: string): string => `import { postgres, redis } from 'mortar'
export default { boundaries: { ${boundaries} } }`

needs('each project of a workspace has its own servers, though they name one variable', async () => {
  const made = project({
    packages: ['vitest', 'pg', 'ioredis'],
    files: {
      'vitest.config.mjs': "export default { test: { projects: ['orders', 'carts', 'stock'] } }",
      ...Object.fromEntries(
        ['orders', 'carts', 'stock'].flatMap((name) => [
          [`${name}/package.json`, JSON.stringify({ name, type: 'module' })],
          [`${name}/vitest.config.mjs`, plugin],
        ]),
      ),
      ...Object.fromEntries(
        ['orders', 'stock'].flatMap((name) => [
          [`${name}/mortar.config.mjs`, config(`${name}: postgres({ migrations: 'migrations' })`)],
          [`${name}/migrations/1.sql`, `CREATE TABLE ${name} (id int PRIMARY KEY)`],
          [
            `${name}/${name}.test.mjs`,
            `import { expect, test } from 'vitest'
import pg from 'pg'
test('${name}', async () => {
  const client = new pg.Client(process.env.DATABASE_URL)
  await client.connect()
  await client.query('INSERT INTO ${name} VALUES (1)')
  await client.end()
  expect(process.env.REDIS_URL).toBe(undefined)
})`,
          ],
        ]),
      ),
      'carts/mortar.config.mjs': config('carts: redis()'),
      'carts/carts.test.mjs': `import { expect, test } from 'vitest'
import { Redis } from 'ioredis'
test('carts', async () => {
  const redis = new Redis(process.env.REDIS_URL)
  expect(await redis.setnx('cart', '1')).toBe(1)
  redis.disconnect()
  expect(process.env.DATABASE_URL).toBe(undefined)
})`,
    },
  })
  for (const args of [[], ['--no-isolate', '--maxWorkers=1']]) {
    const ran = await made.node(['node_modules/vitest/vitest.mjs', 'run', ...args])
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/Tests +3 passed/) })
  }
})
