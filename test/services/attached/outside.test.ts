import { expect, it } from 'vitest'
import { journalOf } from '../../support/journal.ts'
import { type Project, project } from '../../support/project.ts'
import { isInstalled } from '../providers/support.ts'

const needs = isInstalled('redis') ? it : it.skip
const config = (options = ''): string => `import { redis } from 'mortar'
export default { boundaries: { cache: redis({ ${options} }) } }`

const program = `import { Redis } from 'ioredis'
const redis = new Redis(process.env.REDIS_URL, { retryStrategy: null })
redis.on('error', () => {})
await redis.set('a', '1')
console.log(await redis.get('a'))
redis.disconnect()`

function operations(made: Project): string[] {
  return journalOf(made).flatMap((event) => (event.t === 'ask' ? [event.operation] : []))
}

needs('what a command asks of a server of ours is journalled', async () => {
  const made = project({ config: config(), files: { 'program.mjs': program }, packages: ['ioredis'] })
  const ran = await made.mortar(['run', '--', 'node', 'program.mjs'])
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('1\n') })
  expect(operations(made)).toEqual(expect.arrayContaining(['SET a', 'GET a']))
})

needs('a program that attaches itself ends when it has nothing left to do', async () => {
  const made = project({ config: config(), files: { 'program.mjs': program }, packages: ['ioredis'] })
  const ran = await made.node(['--import', 'mortar/register', 'program.mjs'])
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: '1\n' })
  expect(operations(made)).toEqual(expect.arrayContaining(['SET a', 'GET a']))
})

needs('a program that attaches itself under run crosses one address, not two', async () => {
  const made = project({ config: config(), files: { 'program.mjs': program }, packages: ['ioredis'] })
  const ran = await made.mortar(['run', '--', 'node', '--import', 'mortar/register', 'program.mjs'])
  expect(ran.code, ran.stderr).toBe(0)
  expect(operations(made).filter((operation) => operation === 'SET a')).toHaveLength(1)
})

needs('a recorded server is replayed without one, and says so', async () => {
  const made = project({ config: config("record: 'none'"), files: { 'program.mjs': program }, packages: ['ioredis'] })
  const recorded = await made.mortar(['record', '--', 'node', 'program.mjs'])
  expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0)
  const replayed = await made.mortar(['run', '--', 'node', 'program.mjs'])
  expect(replayed, replayed.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('1\n') })
  expect(replayed.stderr).not.toContain('ready in')
  const answered = journalOf(made).flatMap((event) => (event.t === 'ask' ? [`${event.operation} ${event.by}`] : []))
  expect(answered).toEqual(expect.arrayContaining(['GET a service', 'GET a cassette']))
})

needs('a mode that a server of ours cannot have is an error that says which it can', async () => {
  const made = project({ config: config("record: 'once'") })
  const ran = await made.mortar(['run', '--', 'true'])
  expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('boundaries.cache.record') })
})
