/** @import { Finding } from '../../summary/types.ts' */
import { commandLine } from './command.js'
import { el, harmless, named, withCode } from './element.js'
import { boundaryLink, severityLabel, testLink } from './labels.js'
import { plural } from '../../wording.ts'

const first = 10

/**
 * The first ten findings, and a button for the others, a hundred at a time.
 *
 * @param {readonly Finding[]} findings
 * @param {string | null} page - Of the failure matrix, relative to the report.
 */
export function findingList(findings, page) {
  const item = (/** @type {Finding} */ finding) => findingItem(finding, page)
  const list = el('ol.findings', {}, findings.slice(0, first).map(item))
  let shown = Math.min(first, findings.length)
  const button = el('button', { type: 'button', onclick: showMore })
  label()
  return el('div', {}, list, button)

  function label() {
    button.hidden = shown === findings.length
    button.textContent = `Show ${plural(Math.min(100, findings.length - shown), 'more finding')}`
  }

  function showMore() {
    const added = findings.slice(shown, shown + 100).map(item)
    list.append(...added)
    shown += added.length
    label()
    added[0]?.focus()
  }
}

/**
 * @param {Finding} finding
 * @param {string | null} page
 */
function findingItem({ severity, code, title, detail, fix, command, boundary, tests, testCount, cell }, page) {
  return el(
    `li.finding.${severity}`,
    { tabindex: '-1' },
    el('h3', {}, severityLabel(severity), cell === undefined ? named(title) : el('bdi', {}, withCode(harmless(title)))),
    el(
      'p.about',
      {},
      el('code.muted', {}, code),
      boundary !== null && el('span', {}, 'boundary ', boundaryLink(boundary)),
      cell !== undefined && page !== null && el('a', { href: `${page}#cell-${cell}` }, 'in the failure matrix'),
    ),
    testCount > 0 && testList(tests, testCount),
    detail !== '' &&
      (detail.includes('\n')
        ? el('pre', { tabindex: '0', 'aria-label': 'Evidence' }, detail)
        : el('p.evidence', {}, named(detail))),
    fix !== '' && el('p', {}, withCode(fix)),
    command !== null && commandLine(command),
  )
}

/**
 * @param {Finding['tests']} tests
 * @param {number} testCount
 */
function testList(tests, testCount) {
  /** @param {Finding['tests']} some */
  const items = (some) =>
    el(
      'ul.tests',
      {},
      some.map((test) => el('li', {}, testLink(test))),
    )
  if (tests.length <= 3) return items(tests)
  const more =
    testCount > tests.length ? el('p.muted', {}, `and ${plural(testCount - tests.length, 'more test')}`) : null
  return el('details', {}, el('summary', {}, plural(testCount, 'test')), items(tests), more)
}
