/** @import { BoundarySummary, OperationUse, Summary } from '../../../summary/types.ts' */
/** @import { Route } from '../route.js' */
/** @import { View } from '../views.js' */
import { el, named } from '../element.js'
import { facts } from '../facts.js'
import { findingList } from '../finding-list.js'
import { recordedAge, riskLabel, staleLabel } from '../labels.js'
import { pagedList } from '../paged-list.js'
import { keyOf } from '../route.js'
import { table } from '../table.js'
import { age, duration, plural } from '../../../wording.ts'

/** @type {View} */
export const boundaryView = {
  name: 'boundary',
  under: 'boundaries',
  title: (summary, route) => findBoundary(summary, route)?.name ?? 'No such boundary',
  render: (summary, route) => {
    const boundary = findBoundary(summary, route)
    if (!boundary)
      return [el('p', {}, 'This run has no such boundary. ', el('a', { href: '#/boundaries' }, 'All boundaries'))]
    const findings = summary.findings.filter((finding) => finding.boundary === boundary.name)
    return [
      aboutBoundary(boundary, summary.madeAt),
      findings.length > 0 && el('h2', {}, 'Findings'),
      findings.length > 0 && findingList(findings, summary.matrix?.page ?? null),
      el('h2', {}, 'Operations exercised'),
      exercisedTable(boundary.exercised),
      ...nameList('Recorded, but not exercised', boundary.recordedOnly),
      ...nameList('In the contract, but not exercised', boundary.contractOnly ?? []),
      ...staleTable(boundary, summary.madeAt),
    ]
  },
}

/**
 * @param {Summary} summary
 * @param {Route} route
 */
function findBoundary({ boundaries }, { key }) {
  return boundaries.find(({ name }) => keyOf(name) === key)
}

/**
 * @param {BoundarySummary} boundary
 * @param {number} now
 */
function aboutBoundary(boundary, now) {
  const { protocol, origin, owner, risk, declared, recordings, refreshEveryMs, stalePolicy } = boundary
  return facts([
    ['Origin', origin !== null && named(origin)],
    ['Protocol', protocol],
    ['Owner', owner !== null && named(owner)],
    ['Risk', riskLabel(risk)],
    ['Asked', `${plural(boundary.exchanges, 'time')} by ${plural(boundary.tests, 'test')}`],
    [
      'Answered',
      boundary.exchanges > 0 && `${boundary.fromCassette} from recordings, ${boundary.fromService} by the real service`,
    ],
    ['Not ok', boundary.notOk > 0 && plural(boundary.notOk, 'answer')],
    ['Misses', boundary.misses === 0 ? 'none' : boundary.misses],
    ['Recordings', [recordedAge(recordings, now), ' ', staleLabel(boundary)]],
    [
      'Refresh',
      refreshEveryMs !== null &&
        `every ${age(refreshEveryMs)}; a stale recording ${stalePolicy === 'fail' ? 'fails the run' : 'is a warning'}`,
    ],
    ['Config', !declared && 'not named in the config'],
  ])
}

/** @param {readonly OperationUse[]} uses */
function exercisedTable(uses) {
  return pagedList({
    items: uses,
    noun: 'operation',
    show: (shown) =>
      table(
        'Operations exercised',
        [
          {
            title: 'Operation',
            kind: 'wide',
            cell: ({ name, effect }) => [
              el('code', {}, name),
              effect && el('span.tag', { title: 'Changes state on the other side' }, 'effect'),
            ],
          },
          { title: 'Asked', kind: 'number', cell: ({ count }) => count },
          { title: 'Not ok', kind: 'number', cell: ({ notOk }) => (notOk === 0 ? '–' : notOk) },
          { title: 'Median', kind: 'number', cell: ({ medianMs }) => (medianMs === null ? '–' : duration(medianMs)) },
          { title: 'Longest', kind: 'number', cell: ({ maxMs }) => (maxMs === null ? '–' : duration(maxMs)) },
        ],
        shown,
      ),
  }).node
}

/**
 * @param {string} heading
 * @param {readonly string[]} names
 */
function nameList(heading, names) {
  if (names.length === 0) return []
  const { node } = pagedList({
    items: names,
    noun: 'operation',
    show: (shown) =>
      el(
        'ul.names',
        {},
        shown.map((name) => el('li', {}, el('code', {}, name))),
      ),
  })
  return [el('h2', {}, heading, el('span.count', {}, names.length)), node]
}

/**
 * @param {BoundarySummary} boundary
 * @param {number} now
 */
function staleTable({ stale }, now) {
  if (stale.length === 0) return []
  const { node } = pagedList({
    items: stale,
    noun: 'cassette',
    show: (shown) =>
      table(
        'Stale cassettes',
        [
          { title: 'Cassette', kind: 'wide', cell: ({ file }) => el('code', {}, file) },
          { title: 'Stale recordings', kind: 'number', cell: ({ exchanges }) => exchanges },
          {
            title: 'Oldest',
            kind: 'number',
            cell: ({ oldestAt }) => (oldestAt === null ? 'no date' : age(now - oldestAt)),
          },
        ],
        shown,
      ),
  })
  return [el('h2', {}, 'Stale cassettes'), node]
}
