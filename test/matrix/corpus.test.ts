import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { measure } from '../../corpus/measure.ts'
import { type Program, programsIn, readProgram } from '../../corpus/program.ts'
import { type Ran, repository } from '../support/project.ts'

const corpus = join(repository, 'corpus')
const programs = programsIn(corpus)
/** Some of each kind, those that take little time; `npm run corpus` goes through all of them. */
const quick: ReadonlySet<string> = new Set([
  'charge-without-key',
  'commit-of-nothing',
  'confirm-ignored',
  'expedia-fallback',
  'netflix-no-fallback',
  'second-provider',
  'webhook-unsigned',
])
const sample = programs.find(({ name }) => name === 'netflix-no-fallback')!
const chosen = programs.filter(({ name }) => process.env['MORTAR_CORPUS'] === 'all' || quick.has(name))

it('has at least 24 programs with a bug and its fix, and a control', () => {
  expect(programs.filter(({ bug }) => bug !== null).length).toBeGreaterThanOrEqual(24)
  expect(programs.some(({ bug }) => bug === null)).toBe(true)
  expect(chosen.length).toBeGreaterThanOrEqual(quick.size)
})

it.for(chosen)('finds the bug of $name, and nothing in its fixed twin', async (program) => {
  const { found, wrong, problems } = await measure(program)
  expect({ wrong, problems }).toEqual({ wrong: [], problems: [] })
  expect(found.length > 0).toBe(program.bug !== null)
})

it('says that a bug was missed, and that a fixed twin was blamed', async () => {
  const folder = temporaryFolder()
  const { directory, bug } = sample
  cpSync(directory, folder, { recursive: true })
  // The bug is where it was said not to be, and is not what it was said to be.
  cpSync(join(folder, 'buggy'), join(folder, 'fixed'), { recursive: true })
  writeFileSync(
    join(folder, 'program.json'),
    JSON.stringify({ title: 'blamed', packages: [], bug: { ...bug, verdicts: ['leak'] } }),
  )
  const { found, instead, wrong } = await measure(readProgram(folder))
  expect(found).toEqual([])
  expect(instead.map(({ verdict }) => verdict)).toContain('unrelated-error')
  expect(wrong.length).toBeGreaterThan(0)
})

it('says what is wrong with a folder that is no program', () => {
  const folder = temporaryFolder()
  expect(() => readProgram(folder)).toThrow('it has no program.json')
  writeFileSync(join(folder, 'program.json'), JSON.stringify({ title: 'half' }))
  expect(() => readProgram(folder)).toThrow('`bug` is missing')
  writeFileSync(join(folder, 'program.json'), JSON.stringify({ title: 'half', bug: null }))
  expect(() => readProgram(folder)).toThrow('lacks mortar.config.mjs, program.test.mjs, fixed')
})

const known = { title: 'known', bug: { ...sample.bug!, faults: ['503'] } }

it.each([
  [{ ...known, packages: 'pg' }, '`packages` must be a list of texts, not "pg"'],
  [{ ...known, pakages: [] }, 'unknown key `pakages`: did you mean `packages`?'],
  [{ ...known, bug: { ...known.bug, verdict: 'leak' } }, 'unknown key `bug.verdict`: did you mean `verdicts`?'],
  [
    { ...known, bug: { ...known.bug, faults: ['reply lots'] } },
    '`bug.faults` names no fault: `reply lots`; the nearest are `reply lost`',
  ],
  [
    { ...known, bug: { ...known.bug, verdicts: ['duplikate'] } },
    '`bug.verdicts` names no bad verdict: `duplikate`; there are `duplicate`',
  ],
  [{ ...known, bug: { ...known.bug, oracles: ['O11'] } }, '`bug.oracles` names no oracle: `O11`; there are `O1`'],
  [{ ...known, bug: { ...known.bug, faults: [] } }, '`bug.faults` must not be empty'],
  [{ ...known, bug: 'none' }, '`bug` must be an object, or `null`, not "none"'],
  [[], 'it must hold an object'],
])('says where the file of a program is wrong, and what is near: %j', (file, complaint) => {
  const folder = copyOf(sample, JSON.stringify(file))
  expect(() => readProgram(folder)).toThrow(`${join(folder, 'program.json')}: ${complaint}`)
})

it.each([
  [['--jobs=abc'], '--jobs is how many programs run at a time, a whole number from 1 on, not `abc`'],
  [['--jobs=0'], '--jobs is how many programs run at a time, a whole number from 1 on, not `0`'],
  [['--jops=2'], "Unknown option '--jops': npm run corpus -- [--prove] [--all] [--jobs=N] [FOLDER…]"],
  [['/nowhere/at/all'], 'there is no folder /nowhere/at/all'],
])('ends with 2 and one line that says what is wrong: %j', async (args, line) => {
  expect(await run(args)).toEqual({ code: 2, stdout: '', stderr: `${line}\n` })
})

it('ends with 2 and names the file when the only program cannot be read', async () => {
  const folder = copyOf(sample, '{\n  "title": "half\n')
  const { code, stderr } = await run([folder])
  expect(code).toBe(2)
  expect(stderr).toMatch(/^VOID {4}\S+program\.json cannot be read: \S.*\n$/)
  expect(stderr).toContain(join(folder, 'program.json'))
})

it('runs the others when a program cannot be read, and says what there was where no cell was at a bug', async () => {
  const folder = temporaryFolder()
  const { bug } = sample
  copyOf(sample, '{ "title": ', join(folder, 'broken'))
  for (const [name, wrong] of [
    ['boundary', { boundary: 'bookmark' }],
    ['operation', { operation: 'GET /bookmark' }],
    ['oracle', { oracles: ['O1'] }],
  ] as const) {
    copyOf(sample, JSON.stringify({ title: name, bug: { ...bug, ...wrong } }), join(folder, `wrong-${name}`))
  }
  const { code, stdout, stderr } = await run([folder])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^VOID {4}\S+broken\/program\.json cannot be read: [^\n]+\n$/)
  expect(stdout).toMatch(/^MISSED +wrong-oracle, .*, by O1\n +bookmarks .*: unrelated-error \(O7\), /m)
  expect(stdout).toMatch(
    /^MISSED +wrong-boundary, .*\n +no cell was at the boundary `bookmark`; there were `bookmarks`/m,
  )
  expect(stdout).toMatch(
    /^MISSED +wrong-operation, .*\n +no cell was at `GET \/bookmark` of bookmarks; there were `GET \/bookmarks\/\{id\}`$/m,
  )
  expect(stdout).toContain('0 of 3 bugs found, 3 missed')
  expect(stdout).toContain('not run, as it cannot be read: 1 more')
})

it('says that a proof is wanted, and where, when there is none', async () => {
  const folder = copyOf(sample, JSON.stringify(known))
  rmSync(join(folder, 'proof.test.mjs'))
  const { code, stdout } = await run(['--prove', folder])
  expect(code).toBe(1)
  expect(stdout).toMatch(new RegExp(`there is no proof\\.test\\.mjs in ${folder}; --prove runs it`))
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A program with another `program.json`. @returns its folder */
function copyOf({ directory }: Program, file: string, folder: string = temporaryFolder()): string {
  mkdirSync(folder, { recursive: true })
  cpSync(directory, folder, { recursive: true })
  writeFileSync(join(folder, 'program.json'), file)
  return folder
}

async function run(args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(corpus, 'run.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((found, failed) => void child.once('close', found).once('error', failed))
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
