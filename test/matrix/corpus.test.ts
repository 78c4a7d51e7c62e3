import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { measure } from '../../corpus/measure.ts'
import { programsIn, readProgram } from '../../corpus/program.ts'
import { repository } from '../support/project.ts'

const corpus = join(repository, 'corpus')
const programs = programsIn(corpus)
/** Some of each kind, those that take little time; `npm run corpus` goes through all of them. */
const quick: ReadonlySet<string> = new Set(['charge-without-key', 'expedia-fallback', 'netflix-no-fallback'])
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
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { directory, bug } = programs.find(({ name }) => name === 'netflix-no-fallback')!
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
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  expect(() => readProgram(folder)).toThrow('it has no program.json')
  writeFileSync(join(folder, 'program.json'), JSON.stringify({ title: 'half' }))
  expect(() => readProgram(folder)).toThrow('`bug` is missing')
  writeFileSync(join(folder, 'program.json'), JSON.stringify({ title: 'half', bug: null }))
  expect(() => readProgram(folder)).toThrow('lacks mortar.config.mjs, program.test.mjs, fixed')
})
