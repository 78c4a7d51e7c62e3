import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { FindingDocument, MatrixDocument } from '../document.ts'
import { findingPlaces } from './finding-places.ts'

const finding = {
  cells: ['1', '2'],
  test: { file: 'pay.test.ts', name: 'paying > is done once' },
} as unknown as FindingDocument
const cells = [
  { id: '1', site: 'src/pay.ts:1' },
  { id: '2', site: 'src/pay.ts:3' },
]
const document = { cells } as unknown as MatrixDocument

it('finds calls and tests from the top of the repository, those on changed lines first', () => {
  const root = mkdtempSync(join(tmpdir(), 'places-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const directory = join(root, 'shop')
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: root, stdio: 'ignore' })
  mkdirSync(join(directory, 'src'), { recursive: true })
  writeFileSync(join(directory, 'src/pay.ts'), 'one\ntwo\nthree\n')
  writeFileSync(join(directory, 'pay.test.ts'), "describe('paying', () => {\n  it('is done once')\n")
  git('init', '-b', 'main')
  git('add', '.')
  git('commit', '-m', 'before')
  writeFileSync(join(directory, 'src/pay.ts'), 'one\ntwo\nthree, changed\n')
  const first = { file: 'shop/src/pay.ts', line: 1 }
  const third = { file: 'shop/src/pay.ts', line: 3 }
  const own = { file: 'shop/pay.test.ts', line: 2 }
  expect(findingPlaces(document, { directory }).of(finding)).toEqual([first, third, own])
  expect(findingPlaces(document, { directory, base: 'main' }).of(finding)).toEqual([third, first, own])
  expect(findingPlaces(document, { directory, base: 'nowhere' }).of(finding)).toEqual([first, third, own])
})

it('has a place for a command that is one test, in no repository', () => {
  const directory = mkdtempSync(join(tmpdir(), 'places-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const whole = { ...finding, cells: [], test: { file: '', name: 'pytest' } }
  expect(findingPlaces(document, { directory }).of(whole)).toEqual([{ file: 'package.json', line: 1 }])
})
