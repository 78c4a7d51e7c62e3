import { expect, it } from 'vitest'
import { summarize } from '../../src/run/summary.ts'
import { printSummary } from '../../src/run/terminal-summary.ts'
import { fit, widthOf } from '../../src/run/terminal-text.ts'
import { JournalBuilder } from './journal-builder.ts'
import { hostileRun, inputOf, largeRun, observedRun, troubledRun } from './sample-runs.ts'

const plain = { color: false, columns: 80 }

it('says first whether the run passed, and why not', () => {
  expect(printSummary(summarize(troubledRun()), plain)).toMatch(
    /^✗ FAILED {2}2 tests failed; 1 question had no recording;/,
  )
  const journal = new JournalBuilder().exchange(null)
  expect(printSummary(summarize(inputOf(journal)), plain)).toMatch(/^✓ PASSED {2}in /)
})

it('does not let a run that asked nothing look green', () => {
  const text = printSummary(summarize(inputOf(new JournalBuilder().test('a', 'passed'))), plain)
  expect(text).toMatch(/^✓ PASSED {2}but nothing crossed a boundary/)
})

it('says what is still open at the end only of a run that has failed', () => {
  const open = (state: 'passed' | 'failed'): string =>
    printSummary(summarize(inputOf(new JournalBuilder().test('a', state).exchange(null, {}, null))), plain)
  expect(open('failed')).toMatch(/Exchanges +1, all from recordings, 1 still open at the end/)
  expect(open('passed')).toMatch(/Exchanges +1, all from recordings\n/)
})

it('says how old the recordings are', () => {
  const text = printSummary(summarize(inputOf(new JournalBuilder().exchange(null))), plain)
  expect(text).toMatch(/Recordings +1 in 1 cassette, 7 years old/)
})

it('says of a failed test which boundary broke, how it is known, and where its timeline is', () => {
  const lines = printSummary(summarize(observedRun()), plain).split('\n')
  const at = lines.indexOf('What broke')
  expect(lines.slice(at + 1, at + 5)).toEqual([
    '✗ test/bot.test.ts > places an order',
    '    places an order · constraint',
    '    INSERT was answered by 23505 places an order',
    '    .mortar/runs/20260301T120000-0000/artifacts/bot.test/places #1/timeline.md',
  ])
})

it('shows what each failed test of a file said first, ten of them, and counts the others', () => {
  const journal = new JournalBuilder()
  for (let n = 1; n <= 12; n++) journal.test(`test ${n}`, 'failed', undefined, `\nerror ${n}\n    at bot.test.ts:${n}`)
  const lines = printSummary(summarize(inputOf(journal)), plain).split('\n')
  const told = lines.flatMap((line) => /^ {4}(test \d+: error \d+|and .*)$/.exec(line)?.[1] ?? [])
  const ten = Array.from({ length: 10 }, (_, index) => `test ${index + 1}: error ${index + 1}`)
  expect(told).toEqual([...ten, 'and 2 more tests'])
})

it('says nothing of what broke when nothing did', () => {
  expect(printSummary(summarize(inputOf(new JournalBuilder().exchange(null))), plain)).not.toContain('What broke')
})

it('says where the report is', () => {
  const text = printSummary(summarize(troubledRun()), { ...plain, report: '.mortar/runs/x/report.html' })
  expect(text.trimEnd().split('\n').at(-1)).toBe('Report  .mortar/runs/x/report.html')
})

it.each([
  ['troubled', troubledRun()],
  ['hostile', hostileRun()],
  ['large', largeRun(2000, 100)],
  ['observed', observedRun('very long '.repeat(40))],
])('fits 80 columns, commands aside: a %s run', (_name, input) => {
  const lines = printSummary(summarize(input), plain).split('\n')
  const long = lines.filter((line) => widthOf(line) > 80 && !/npx mortar|timeline\.md$/.test(line))
  expect(long).toEqual([])
})

it('lets no name move the cursor or change colours', () => {
  const text = printSummary(summarize(hostileRun()), plain)
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028]/u)
})

it('uses colours only when asked to', () => {
  const summary = summarize(troubledRun())
  const coloured = printSummary(summary, { color: true, columns: 80 })
  expect(coloured).toContain('\u001b[31m')
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(printSummary(summary, plain))
})

it('shows ten findings and counts the others', () => {
  const text = printSummary(summarize(hostileRun()), plain)
  expect(text).toContain('The first 10 of 19 findings')
  expect(text).toContain('and 9 more findings in the report')
})

it('cuts text at whole characters', () => {
  expect(fit('日本語のテスト', 7)).toBe('日本語…')
  expect(fit('👩‍👩‍👧‍👦 family', 4)).toBe('👩‍👩‍👧‍👦 …')
})
