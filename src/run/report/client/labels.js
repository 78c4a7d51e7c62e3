/** @import { BoundarySummary, ExchangeSummary, Recordings, Severity, TestState } from '../../summary/types.ts' */
/** @import { Risk } from '../../../core/boundary.ts' */
/** @import { TestRef } from '../../../core/exchange.ts' */
import { el, named } from './element.js'
import { boundaryHref, testHref } from './route.js'
import { ageSpan, plural } from '../../wording.ts'

const stateMarks = { passed: '✓', failed: '✗', skipped: '–', unfinished: '…', outside: '○' }

/** @param {TestState} state */
export function stateLabel(state) {
  return el(`span.state.${state}`, {}, el('span.mark', { 'aria-hidden': 'true' }, stateMarks[state]), state)
}

/** @param {Risk} risk */
export function riskLabel(risk) {
  return el(`span.risk.${risk}`, {}, risk)
}

/** @param {Severity} severity */
export function severityLabel(severity) {
  return el(`span.severity.${severity}`, {}, severity)
}

/** @param {ExchangeSummary} exchange */
export function outcomeOf({ ok }) {
  return ok === null ? 'open' : ok ? 'ok' : 'not-ok'
}

/**
 * @param {TestRef | null} test
 * @param {Record<string, string | boolean>} [attributes]
 */
export function testLink(test, attributes = {}) {
  if (test === null) return el('a', { href: testHref(null), ...attributes }, 'Outside of any test')
  return el(
    'a.test-name',
    { href: testHref(test), ...attributes },
    named(test.name),
    test.file !== '' && el('span.file', {}, test.file),
  )
}

/**
 * @param {string} boundary
 * @param {Record<string, string | boolean>} [attributes]
 */
export function boundaryLink(boundary, attributes = {}) {
  return el('a', { href: boundaryHref(boundary), ...attributes }, named(boundary))
}

/**
 * @param {Recordings} recordings
 * @param {number} now
 */
export function recordedAge({ exchanges, oldestAt, newestAt, undated }, now) {
  if (exchanges === 0) return 'no recordings'
  if (oldestAt === null || newestAt === null) return 'age unknown'
  return `${ageSpan(now - newestAt, now - oldestAt)} old${undated > 0 ? `, ${undated} undated` : ''}`
}

/** @param {BoundarySummary} boundary */
export function staleLabel({ stale }) {
  if (stale.length === 0) return null
  const count = stale.reduce((sum, { exchanges }) => sum + exchanges, 0)
  return el('span.tag.warn', { title: `${plural(count, 'recording')} to refresh` }, 'stale')
}
