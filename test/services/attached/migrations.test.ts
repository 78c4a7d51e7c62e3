import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Project, project } from '../../support/project.ts'
import { isInstalled, processesNaming } from '../providers/support.ts'

const needs = it.skipIf(!isInstalled('postgres'))

function projectWith(options: string, files: Readonly<Record<string, string>> = {}): Project {
  const config = `import { postgres } from 'mortar'
export default { boundaries: { orders: postgres({ ${options} }) } }`
  return project({ config, files })
}

/** A program that says that it runs, starts another one, and never ends. */
const hanging = (made: Project): string =>
  `echo hangs >> ${made.directory}/said; sleep 7777 & tail -f ${made.directory}/said`

async function expectNothingLeft(made: Project): Promise<void> {
  const cache = join(made.directory, 'cache')
  await expect
    .poll(() => [...globSync(`${cache}/mortar/leases/*/*/*`), ...processesNaming(made.directory)], { timeout: 10_000 })
    .toEqual([])
}

needs('a migration command that does not end is ended, with all that it has started', async () => {
  const made = projectWith('')
  made.write(
    'mortar.config.mjs',
    `import { postgres } from 'mortar'
export default { boundaries: { orders: postgres({ migrations: {
  command: ${JSON.stringify(`echo is waiting; ${hanging(made)}`)}, inputs: [], timeoutMs: 500 } }) } }`,
  )
  const ran = await made.mortar(['run', '--', 'true'], { env: { XDG_CACHE_HOME: join(made.directory, 'cache') } })
  expect(ran).toMatchObject({ code: 3, stderr: expect.stringMatching(/MORTAR_MIGRATION_FAILED.*within 500 ms/) })
  expect(ran.stderr).toContain('is waiting')
  await expectNothingLeft(made)
})

needs.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'a run that gets %s while its migrations hang ends, and leaves nothing',
  async (signal) => {
    const made = projectWith('')
    made.write(
      'mortar.config.mjs',
      `import { postgres } from 'mortar'
export default { boundaries: { orders: postgres({ migrations: { command: ${JSON.stringify(hanging(made))}, inputs: [] } }) } }`,
    )
    const main = join(made.directory, 'node_modules/mortar/dist/cli/main.js')
    const running = made.start(process.execPath, [main, 'run', '--', 'true'], {
      env: { XDG_CACHE_HOME: join(made.directory, 'cache') },
    })
    await expect.poll(() => made.has('said'), { timeout: 20_000 }).toBe(true)
    running.kill(signal)
    const code = { SIGTERM: 143, SIGINT: 130, SIGKILL: null }[signal]
    expect(await running.ended).toMatchObject({ code })
    await expectNothingLeft(made)
  },
)

needs.each([
  ['a folder without migrations', "migrations: 'notes'", 'there is no .sql file in notes'],
  ['a folder that is not there', "migrations: 'nowhere'", 'nowhere cannot be read'],
  ['a program that is not there', "migrations: { command: ['nowhere-to-be-found'], inputs: [] }", 'ended with 127'],
  ['a seed that throws no error', "seed: () => { throw 'no luck' }", 'the seed function fails: no luck'],
])('%s is an error that says so', async (_, options, message) => {
  const made = projectWith(options, { 'notes/read-me.txt': 'none yet' })
  const ran = await made.mortar(['run', '--', 'true'])
  expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining(`MORTAR_MIGRATION_FAILED  `) })
  expect(ran.stderr).toContain(message)
})
