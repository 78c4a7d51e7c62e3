import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import type { Notation } from '../../src/core/protocol.ts'
import { httpNotation } from '../../src/protocols/http/notation.ts'
import { openCassettes } from '../../src/store/cassettes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const fixture = join(import.meta.dirname, 'saving.fixture.ts')
const test = { file: 'a.test.ts', name: 'shared' }
const notations = () => httpNotation as Notation<unknown, unknown>

it('loses nothing when processes and threads save to one cassette at once', async () => {
  const folder = temporaryFolder()
  const each = 15
  const processes = ['p0', 'p1', 'p2'].map((name) =>
    once(spawn(process.execPath, [fixture, folder, name, String(each)], { stdio: 'inherit' }), 'exit'),
  )
  const threads = ['t0', 't1'].map((name) => once(new Worker(fixture, { argv: [folder, name, String(each)] }), 'exit'))
  expect((await Promise.all([...processes, ...threads])).map(([code]) => code)).toEqual([0, 0, 0, 0, 0])

  const cassettes = openCassettes(folder, notations)
  const { exchanges, redactions } = cassettes.load(test)!
  expect(new Set(exchanges.map((e) => e.id)).size).toBe(5 * each)
  expect(exchanges.flatMap((e) => e.messages)).toHaveLength(2 * 5 * each)
  expect(redactions).toEqual([{ kind: 'jwt', count: 5 * each, where: ['p0', 'p1', 'p2', 't0', 't1'] }])
  expect(readdirSync(dirname(cassettes.path(test)))).toHaveLength(1)
})

it('goes on when one of them is killed in the middle of a save', async () => {
  const folder = temporaryFolder()
  const cassettes = openCassettes(folder, notations)
  const victim = spawn(process.execPath, [fixture, folder, 'victim', '1000000'])
  const gone = once(victim, 'exit')
  const survivor = once(spawn(process.execPath, [fixture, folder, 'survivor', '40'], { stdio: 'inherit' }), 'exit')
  const lock = `${cassettes.path(test)}.lock`
  // Killing while the lock exists makes it likely, though not certain, that the victim holds it.
  while (!existsSync(lock)) await new Promise(setImmediate)
  victim.kill('SIGKILL')
  await gone
  expect((await survivor)[0]).toBe(0)
  const ids = cassettes.load(test)!.exchanges.map((e) => e.id)
  expect(ids.filter((id) => id.startsWith('survivor'))).toHaveLength(40)
  cassettes.pruneBodies(0)
  expect(readdirSync(dirname(lock))).toHaveLength(1)
})
