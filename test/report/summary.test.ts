import { describe, expect, it } from 'vitest'
import { summarize } from '../../src/run/summary.ts'
import type { SummaryInput } from '../../src/run/summary/input.ts'
import type { Summary } from '../../src/run/summary/types.ts'
import { day, JournalBuilder, start } from './journal-builder.ts'
import { checkedMatrix, inputOf, observedRun, recording, troubledRun } from './sample-runs.ts'

const codes = ({ findings }: Summary): readonly string[] => findings.map(({ code }) => code)

function passing(more: Partial<SummaryInput> = {}): SummaryInput {
  const journal = new JournalBuilder()
  journal.test('reads', 'passed', (test) => journal.exchange(test))
  return inputOf(journal, more)
}

describe('the verdict', () => {
  it('passes when tests passed and every question had its recording', () => {
    const { verdict, findings } = summarize(passing())
    expect(verdict).toEqual({ passed: true, exitCode: 0, vacuous: false, reasons: [] })
    expect(findings).toEqual([])
  })

  it('fails a run without tests and without exchanges', () => {
    const summary = summarize(inputOf(new JournalBuilder()))
    expect(summary.verdict).toMatchObject({
      passed: false,
      exitCode: 1,
      vacuous: true,
      reasons: ['nothing was tested'],
    })
    expect(codes(summary)).toEqual(['MORTAR_VACUOUS'])
  })

  it('fails a run in which every test was skipped', () => {
    const summary = summarize(inputOf(new JournalBuilder().test('a', 'skipped').test('b', 'skipped')))
    expect(summary.verdict.passed).toBe(false)
    expect(summary.findings[0]!.title).toContain('all tests (2) were skipped')
  })

  it('says of passing tests that asked nothing that they prove nothing about boundaries', () => {
    const summary = summarize(inputOf(new JournalBuilder().test('adds numbers', 'passed')))
    expect(summary.verdict).toMatchObject({ passed: true, vacuous: true })
    expect(summary.findings[0]).toMatchObject({ code: 'MORTAR_VACUOUS', severity: 'warning' })
  })

  it('accepts a run whose tests are not known when something was exchanged', () => {
    expect(summarize(inputOf(new JournalBuilder().exchange(null))).verdict.passed).toBe(true)
  })

  it.each([
    [3, 'the test command ended with exit code 3'],
    [null, 'the test command was ended by a signal'],
  ])('fails with the test command: %s', (testExitCode, reason) => {
    const summary = summarize(passing({ testExitCode }))
    expect(summary.verdict.reasons).toEqual([reason])
    expect(codes(summary)).toEqual(['MORTAR_TEST_COMMAND_FAILED'])
  })

  it('fails when a test failed although the command exited with 0', () => {
    const summary = summarize(inputOf(new JournalBuilder().test('a', 'failed', undefined, 'expected 1 to be 2')))
    expect(summary.verdict.reasons).toContain('1 test failed')
  })

  it('fails on a miss even when the test swallowed it and passed', () => {
    const journal = new JournalBuilder()
    journal.test('swallows', 'passed', (test) => journal.miss(test))
    expect(summarize(inputOf(journal)).verdict).toMatchObject({
      passed: false,
      reasons: ['1 question had no recording'],
    })
  })

  it('fails on a refused unknown destination and only warns of one that passed through', () => {
    const refused = new JournalBuilder().exchange(null).unknown(null, 'https://a.example', 'error')
    const passed = new JournalBuilder().exchange(null).unknown(null, 'https://a.example', 'passthrough')
    expect(summarize(inputOf(refused)).verdict.passed).toBe(false)
    const summary = summarize(inputOf(passed))
    expect(summary.verdict.passed).toBe(true)
    expect(summary.findings[0]).toMatchObject({ code: 'MORTAR_UNKNOWN_DESTINATION', severity: 'warning' })
  })

  it('counts a test without a result as unfinished, not as passed', () => {
    const journal = new JournalBuilder()
    journal.test('dies', 'passed', (test) => journal.exchange(test))
    journal.events.pop()
    const summary = summarize(inputOf(journal))
    expect(summary.tests[0]).toMatchObject({ state: 'unfinished', durationMs: null })
    expect(summary.verdict.passed).toBe(false)
    expect(codes(summary)).toEqual(['MORTAR_TEST_UNFINISHED'])
  })

  it('names a test that passed only after a retry', () => {
    const journal = new JournalBuilder().test('flaps', 'failed')
    journal.test('flaps', 'passed', (test) => journal.exchange(test))
    const summary = summarize(inputOf(journal))
    expect(summary.tests).toHaveLength(1)
    expect(summary.tests[0]).toMatchObject({ state: 'passed', attempts: 2 })
    expect(summary.verdict.passed).toBe(true)
    expect(codes(summary)).toEqual(['MORTAR_TEST_RETRIED'])
  })
})

describe('stale recordings', () => {
  const withAge = (recordedAt: number | null, stale: 'warn' | 'fail'): Summary =>
    summarize(
      passing({
        boundaries: [{ name: 'github', protocol: 'http', refreshEveryMs: 7 * day, stale }],
        recordings: [recording({ recordedAt })],
        now: start,
      }),
    )

  it('fail the run where the boundary says so, and are a warning elsewhere', () => {
    expect(withAge(start - 8 * day, 'fail').verdict).toMatchObject({
      passed: false,
      reasons: ['stale recordings of github'],
    })
    expect(withAge(start - 8 * day, 'warn').verdict.passed).toBe(true)
    expect(withAge(start - 8 * day, 'warn').findings[0]).toMatchObject({
      code: 'MORTAR_CASSETTE_STALE',
      severity: 'warning',
    })
  })

  it('are not those younger than refreshEvery', () => {
    expect(withAge(start - 6 * day, 'fail').boundaries[0]!.stale).toEqual([])
  })

  it('include those whose date is not known', () => {
    expect(withAge(null, 'fail').verdict.passed).toBe(false)
  })
})

describe('boundaries', () => {
  it('list the operations exercised, and those recorded but not exercised', () => {
    const [github] = summarize(troubledRun()).boundaries
    expect(github!.exercised[0]).toMatchObject({ name: 'GET /repos/a/b', count: 3, medianMs: 2 })
    expect(github!.recordedOnly).toEqual(['PATCH /repos/a/b/issues/1'])
  })

  it('compare contract operations by their templates', () => {
    expect(summarize(troubledRun()).boundaries[0]!.contractOnly).toEqual(['DELETE /repos/{owner}/{repo}'])
  })

  it('are reported when nothing asked them', () => {
    const summary = summarize(troubledRun())
    const unused = summary.findings.filter(({ code }) => code === 'MORTAR_BOUNDARY_UNUSED')
    expect(unused.map(({ boundary }) => boundary)).toEqual(['payments', 'search'])
  })

  it('say which variable may be misspelt that leads to them', () => {
    const unused = { name: 'orders', protocol: 'postgres', unusedHint: 'Check `DATABSE_URL`.' }
    const asked = inputOf(new JournalBuilder().exchange(null))
    const [finding] = summarize({ ...asked, boundaries: [...asked.boundaries, unused] }).findings
    expect(finding).toMatchObject({ code: 'MORTAR_BOUNDARY_UNUSED', boundary: 'orders', fix: 'Check `DATABSE_URL`.' })
    const silent = inputOf(new JournalBuilder().test('a', 'passed'))
    const [nothing] = summarize({ ...silent, boundaries: [unused] }).findings
    expect(nothing).toMatchObject({ code: 'MORTAR_VACUOUS', detail: 'orders: Check `DATABSE_URL`.' })
  })

  it('include those that only the journal knows', () => {
    const journal = new JournalBuilder().exchange(null, { boundary: 'api.example.com' })
    expect(summarize(inputOf(journal)).boundaries.map(({ name, declared }) => [name, declared])).toEqual([
      ['github', true],
      ['api.example.com', false],
    ])
  })

  it('tell the oldest and newest recording', () => {
    const recordings = [recording({ recordedAt: 5 }), recording({ recordedAt: 9 }), recording({ recordedAt: null })]
    expect(summarize(passing({ recordings })).boundaries[0]!.recordings).toEqual({
      exchanges: 3,
      files: 1,
      oldestAt: 5,
      newestAt: 9,
      undated: 1,
    })
  })
})

describe('tests', () => {
  it('have a time line that begins with them', () => {
    const journal = new JournalBuilder()
    journal.now += 500
    journal.test('reads', 'passed', (test) => {
      journal.now += 20
      journal.exchange(test, {}, { durationMs: 14 })
    })
    const [exchange] = summarize(inputOf(journal)).tests[0]!.exchanges
    expect(exchange).toMatchObject({ startMs: 21, durationMs: 14, ok: true, by: 'cassette', boundary: 'github' })
  })

  it('keep an exchange that never ended, as open', () => {
    const { tests, totals } = summarize(inputOf(new JournalBuilder().exchange(null, {}, null)))
    expect(tests[0]!.exchanges[0]).toMatchObject({ durationMs: null, ok: null, ending: 'open', answered: null })
    expect(totals.open).toBe(1)
  })

  it('come out the same whatever the order in which shards are read', () => {
    const input = troubledRun()
    expect(summarize({ ...input, events: [...input.events].reverse() }).verdict).toEqual(summarize(input).verdict)
  })

  it('keep apart what happened outside of any', () => {
    const { tests } = summarize(troubledRun())
    expect(tests.at(-1)).toMatchObject({ test: null, state: 'outside' })
    expect(tests.filter(({ state }) => state === 'outside')).toHaveLength(1)
  })
})

describe('findings', () => {
  it('come with the most harmful first', () => {
    expect(codes(summarize(troubledRun()))).toEqual([
      'MORTAR_MISS',
      'MORTAR_UNKNOWN_DESTINATION',
      'MORTAR_TEST_FAILED',
      'MORTAR_CASSETTE_STALE',
      'MORTAR_UNKNOWN_DESTINATION',
      'MORTAR_BOUNDARY_UNUSED',
      'MORTAR_BOUNDARY_UNUSED',
      'MORTAR_UPSTREAM_RESET',
    ])
  })

  it('put many misses of one cause together, with the tests concerned', () => {
    const journal = new JournalBuilder()
    for (let n = 0; n < 30; n++) journal.test(`test ${n}`, 'failed', (test) => journal.miss(test))
    const summary = summarize(inputOf(journal, { testExitCode: 1 }))
    expect(summary.findings).toHaveLength(1)
    expect(summary.findings[0]).toMatchObject({
      testCount: 30,
      severity: 'error',
      detail: expect.stringContaining('closest'),
    })
    expect(summary.findings[0]!.tests).toHaveLength(20)
  })

  it.each([
    ['vitest run', "npx mortar run -- vitest run 'test/a b.test.ts'"],
    ['npm test', "npx mortar run -- npm test -- 'test/a b.test.ts'"],
    ['tsc && vitest run', "npx mortar run -- sh -c 'tsc && vitest run'"],
    [undefined, 'npx mortar check'],
  ])('name a command that runs the test again: %s', (command, expected) => {
    const journal = new JournalBuilder()
    const { events } = journal.test('a', 'failed', undefined, 'no')
    const moved = events.map((event) =>
      event.t === 'test' ? Object.assign(event, { test: { file: 'test/a b.test.ts', name: 'a' } }) : event,
    )
    const { command: _, ...input } = inputOf(journal, { events: moved, testExitCode: 1 })
    const { findings } = summarize(command === undefined ? input : { ...input, command })
    expect(findings.find(({ code }) => code === 'MORTAR_TEST_FAILED')!.command).toBe(expected)
  })
})

it('is plain JSON', () => {
  const summary = summarize(troubledRun())
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
  expect(summary.version).toBe(1)
})

it('names the ten slowest exchanges, the slowest first', () => {
  const journal = new JournalBuilder()
  for (let n = 1; n <= 15; n++) journal.exchange(null, {}, { durationMs: n })
  expect(summarize(inputOf(journal)).slowest.map(({ durationMs }) => durationMs)).toEqual([
    15, 14, 13, 12, 11, 10, 9, 8, 7, 6,
  ])
})

describe('the failure matrix', () => {
  const matrix = checkedMatrix()
  const { document } = matrix
  const [finding] = document.findings

  it('has its findings in the one list, money and data after tests that failed, noise before what is only slow', () => {
    const shown = summarize({ ...observedRun(), testExitCode: 0, matrix })
    const places = (code: string): number => codes(shown).indexOf(code)
    expect(places('duplicate')).toBe(codes(shown).lastIndexOf('MORTAR_TEST_FAILED') + 1)
    expect(places('leak')).toBe(places('n-plus-one') - 1)
    expect(shown.findings.find(({ code }) => code === 'duplicate')).toMatchObject({
      severity: 'error',
      title: 'it took place twice',
      cell: 'c1',
      command: 'npx mortar matrix --cell c1',
      fix: 'Good code would ask once.',
      tests: [{ file: 'a.test.ts', name: 'a' }],
    })
    expect(shown.verdict.reasons).toContain('2 findings of the failure matrix')
  })

  it('fails the run only by what is counted', () => {
    const accepted = { ...document, findings: [{ ...finding!, accepted: {} }] }
    const codesAndCode = (more: SummaryInput['matrix']): unknown => {
      const shown = summarize(passing({ matrix: more! }))
      return [shown.verdict.exitCode, ...codes(shown)]
    }
    expect(codesAndCode({ ...matrix, document: accepted })).toEqual([1, 'duplicate', 'MORTAR_VACUOUS'])
    expect(codesAndCode({ ...matrix, document: accepted, failOn: 'new' })).toEqual([0, 'MORTAR_VACUOUS'])
    expect(codesAndCode({ ...matrix, failOn: 'never' })).toEqual([0, 'duplicate', 'MORTAR_VACUOUS', 'leak'])
    const rule = { reason: 'known', until: '2026-01-01' }
    const expired = { ...document, findings: [], expiredRules: [rule] }
    expect(codesAndCode({ ...matrix, document: expired })).toEqual([1, 'MORTAR_VACUOUS', 'MORTAR_RULE_EXPIRED'])
    const problem = { code: 'MORTAR_MATRIX_NO_TESTS', reason: 'nothing crossed', hint: 'Cross.' } as const
    expect(codesAndCode({ problem })).toEqual([0, 'MORTAR_MATRIX_NO_TESTS'])
  })
})
