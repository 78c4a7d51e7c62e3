/** @import { Share, Summary } from '../../../summary/types.ts' */
/** @import { View } from '../views.js' */
import { el, named } from '../element.js'
import { facts } from '../facts.js'
import { findingList } from '../finding-list.js'
import { boundaryLink, recordedAge, testLink } from '../labels.js'
import { pagedList } from '../paged-list.js'
import { duration, plural } from '../../../wording.ts'
import { boundaryTable } from './boundaries.js'

/** @type {View} */
export const overviewView = {
  name: '',
  nav: 'Overview',
  title: ({ verdict }) => (verdict.passed ? 'Passed' : 'Failed'),
  render: (summary) => [
    verdictBox(summary),
    runFacts(summary),
    ...whatBroke(summary),
    el('h2', {}, summary.findings.length === 0 ? 'No findings' : 'Findings'),
    findingList(summary.findings, summary.matrix?.page ?? null),
    ignoredList(summary.ignored),
    el('h2', {}, 'Boundaries'),
    boundaryTable(summary),
  ],
}

/**
 * Which boundary broke in each failed test, ten at a time.
 *
 * @param {Summary} summary
 */
function whatBroke({ tests }) {
  const broken = tests.flatMap(({ test, diagnosis }) => (diagnosis === null ? [] : [{ test, diagnosis }]))
  if (broken.length === 0) return []
  const { node } = pagedList({
    items: broken,
    noun: 'failed test',
    pageSize: 10,
    show: (shown) =>
      el(
        'ol.misses.broken',
        {},
        shown.map(({ test, diagnosis: { boundary, kind, because } }) =>
          el(
            'li',
            {},
            testLink(test),
            el('p', {}, boundary !== null && boundaryLink(boundary), el('span.tag.bad', {}, kind)),
            el('p.evidence', {}, named(because)),
          ),
        ),
      ),
  })
  return [el('h2', {}, 'What broke'), node]
}

/**
 * What the config has kept out of the findings, and why.
 *
 * @param {Summary['ignored']} ignored
 */
function ignoredList(ignored) {
  if (ignored.length === 0) return null
  const count = ignored.reduce((sum, each) => sum + each.count, 0)
  const items = ignored.map(({ code, boundary, operation, test, until, reason, count: times }) => {
    const about = [boundary, operation, test].filter((part) => part !== null).join(', ')
    const of = about === '' ? [] : [' of ', named(about)]
    return el(
      'li',
      {},
      `${times} × `,
      el('code', {}, code),
      ...of,
      `${until === null ? '' : `, until ${until}`}: `,
      named(reason),
    )
  })
  return el('details', {}, el('summary', {}, `${plural(count, 'finding')} ignored`), el('ul', {}, items))
}

/** @param {Summary} summary */
function verdictBox({ verdict, totals }) {
  const reasons = verdict.passed
    ? [verdict.vacuous ? 'Nothing crossed a boundary, so this says nothing about them.' : provedBy(totals)]
    : verdict.reasons
  const tone = verdict.passed ? (verdict.vacuous ? 'warn' : 'good') : 'bad'
  return el(
    `ul.verdict.${tone}`,
    { 'aria-label': 'Reasons' },
    reasons.map((reason) => el('li', {}, reason)),
  )
}

/**
 * What a run that passed has shown, in one sentence.
 *
 * @param {Summary['totals']} totals
 */
function provedBy({ tests, exchanges, fromCassette, fromService, unknownCalls }) {
  const passed = tests.passed > 0 ? `${plural(tests.passed, 'test')} passed, and ` : ''
  const by =
    fromService === 0
      ? 'recordings answered all that was asked'
      : fromCassette === 0
        ? 'the real services answered all that was asked'
        : 'recordings and the real services answered all that was asked'
  const beyond = unknownCalls > 0 ? `, ${plural(unknownCalls, 'call')} to unknown addresses aside` : ''
  const sentence = `${passed}${by}: ${plural(exchanges, 'exchange')}, no miss${beyond}.`
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

/** @param {Summary} summary */
function runFacts({ matrix, totals, madeAt, startedAt, durationMs, command }) {
  const { exchanges, fromCassette, fromService, open, recordings, saved } = totals
  const tests = /** @type {const} */ (['passed', 'failed', 'unfinished', 'skipped'])
    .filter((state) => totals.tests[state] > 0)
    .map((state) => `${totals.tests[state].toLocaleString('en')} ${state}`)
  const answers = [
    fromCassette > 0 && `${fromCassette.toLocaleString('en')} from recordings`,
    fromService > 0 && `${fromService.toLocaleString('en')} from the real service`,
    open > 0 && `${open.toLocaleString('en')} never ended`,
  ].filter(Boolean)
  return facts([
    ['Tests', tests.join(', ') || 'none seen'],
    ['Exchanges', `${exchanges.toLocaleString('en')}${answers.length > 0 ? `: ${answers.join(', ')}` : ''}`],
    ['Misses', totals.misses === 0 ? 'none' : totals.misses],
    [
      'Recordings',
      `${recordings.exchanges === 0 ? '' : `${recordings.exchanges.toLocaleString('en')} in ${plural(recordings.files, 'cassette')}, `}${recordedAge(recordings, madeAt)}`,
    ],
    [
      'Saved',
      saved.exchanges > 0 &&
        `${plural(saved.exchanges, 'exchange')} to ${plural(saved.cassettes, 'cassette')}, ${plural(saved.redactions, 'secret')} replaced`,
    ],
    ['Failure matrix', matrix !== null && matrixFacts(matrix)],
    ['Took', startedAt !== null && `${duration(durationMs)}, from ${new Date(startedAt).toLocaleString()}`],
    ['Command', command !== null && el('code', {}, command)],
  ])
}

/** @param {NonNullable<Summary['matrix']>} matrix */
function matrixFacts({ cells, findings, accepted, leftOut, resilience, vigilance, contractCoverage, page }) {
  /** @type {readonly (readonly [string, Share])[]} */
  const shares = [
    ['resilience', resilience],
    ['vigilance', vigilance],
    ['contract coverage', contractCoverage],
  ]
  const said = [
    `${plural(cells, 'cell')}, ${plural(findings, 'finding')}${accepted > 0 ? ` (${accepted} accepted)` : ''}`,
    leftOut > 0 && `${plural(leftOut, 'cell')} left out`,
    ...shares.map(([name, { good, of }]) => of > 0 && `${name} ${good} of ${of}`),
  ].filter(Boolean)
  return [`${said.join('; ')} `, el('a', { href: page }, 'all of it')]
}
