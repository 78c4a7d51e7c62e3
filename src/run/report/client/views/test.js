/** @import { Summary, TestSummary } from '../../../summary/types.ts' */
/** @import { Route } from '../route.js' */
/** @import { View } from '../views.js' */
import { el, named } from '../element.js'
import { facts } from '../facts.js'
import { boundaryLink, stateLabel } from '../labels.js'
import { pagedList } from '../paged-list.js'
import { keyOf } from '../route.js'
import { timeline } from '../timeline.js'
import { duration } from '../../../wording.ts'

/** @type {View} */
export const testView = {
  name: 'test',
  under: 'tests',
  title: (summary, route) => {
    const found = findTest(summary, route)
    return found ? (found.test === null ? 'Outside of any test' : found.test.name || '(no name)') : 'No such test'
  },
  render: (summary, route) => {
    const found = findTest(summary, route)
    if (!found) return [el('p', {}, 'This run has no such test. ', el('a', { href: '#/tests' }, 'All tests'))]
    const { test, state, durationMs, attempts, error, unknown } = found
    return [
      facts([
        ['State', state !== 'outside' && stateLabel(state)],
        ['File', test !== null && test.file !== '' && el('code', {}, test.file)],
        ['Took', durationMs !== null && duration(durationMs)],
        ['Attempts', attempts > 1 && attempts],
        ['Exchanges', found.exchanges.length],
      ]),
      error !== null && el('h2', {}, 'Error'),
      error !== null && el('pre.bad', { tabindex: '0', 'aria-label': 'Error' }, error),
      ...brokenPart(found),
      ...missList(found),
      unknown.length > 0 && el('h2', {}, 'Addresses of no boundary'),
      unknown.length > 0 &&
        el(
          'ul.names',
          {},
          unknown.map((address) => el('li', {}, named(address))),
        ),
      el('h2', {}, 'Timeline'),
      ...timeline(found, route),
    ]
  },
}

/**
 * Which boundary broke, what speaks for it, and where everything that was said is.
 *
 * @param {TestSummary} test
 */
function brokenPart({ diagnosis, artifacts }) {
  if (diagnosis === null) return []
  const { boundary, kind, because } = diagnosis
  return [
    el('h2', {}, 'What broke'),
    el('p', {}, boundary !== null && boundaryLink(boundary), el('span.tag.bad', {}, kind)),
    el('p.evidence', {}, named(because)),
    artifacts !== null &&
      el(
        'p',
        {},
        el('a', { href: artifactHref(artifacts) }, 'Timeline with statements, bodies and messages'),
        ' ',
        el('code.muted', {}, artifacts),
      ),
  ]
}

/**
 * The report lies with its run, and once more above all runs.
 *
 * @param {string} path
 */
function artifactHref(path) {
  const [, run = '', rest = ''] = /(?:^|\/)runs\/([^/]+)\/(.*)$/.exec(path) ?? []
  const within = rest.split('/').map(encodeURIComponent).join('/')
  return location.pathname.includes(`/runs/${run}/`) ? within : `runs/${run}/${within}`
}

/**
 * @param {Summary} summary
 * @param {Route} route
 */
function findTest({ tests }, { key }) {
  return tests.find(({ test }) => (test === null ? key === '' : keyOf(test.file, test.name) === key))
}

/** @param {TestSummary} test */
function missList(test) {
  if (test.misses.length === 0) return []
  const { node } = pagedList({
    items: test.misses,
    noun: 'miss',
    nouns: 'misses',
    pageSize: 10,
    show: (shown) =>
      el(
        'ol.misses',
        {},
        shown.map(({ boundary, operation, cause, explanation, startMs }) =>
          el(
            'li',
            {},
            el('h3', {}, el('code', {}, operation), el('span.tag.bad', {}, cause)),
            el('p.about', {}, 'boundary ', boundaryLink(boundary), `, ${duration(startMs)} after the start`),
            el('pre', { tabindex: '0', 'aria-label': 'Explanation' }, explanation),
          ),
        ),
      ),
  })
  return [el('h2', {}, 'Misses', el('span.count', {}, test.misses.length)), node]
}
