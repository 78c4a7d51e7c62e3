/** @import { TestSummary } from '../../../summary/types.ts' */
/** @import { View } from '../views.js' */
import { el } from '../element.js'
import { filterBox, wordsOf } from '../filter-box.js'
import { stateLabel, testLink } from '../labels.js'
import { pagedList } from '../paged-list.js'
import { keepQuery } from '../route.js'
import { table } from '../table.js'
import { duration, plural } from '../../../wording.ts'

/** @type {readonly { name: string, label: string, has: (test: TestSummary) => boolean }[]} */
const choices = [
  { name: '', label: 'All', has: () => true },
  { name: 'failed', label: 'Failed or unfinished', has: ({ state }) => state === 'failed' || state === 'unfinished' },
  { name: 'missed', label: 'Missed', has: ({ misses, unknown }) => misses.length + unknown.length > 0 },
  { name: 'skipped', label: 'Skipped', has: ({ state }) => state === 'skipped' },
]

/** @type {View} */
export const testsView = {
  name: 'tests',
  nav: 'Tests',
  count: ({ tests, totals }) => {
    const bad = /** @type {const} */ (['failed', 'unfinished'])
      .filter((state) => totals.tests[state] > 0)
      .map((state) => `${totals.tests[state].toLocaleString('en')} ${state}`)
    return bad.length > 0 ? bad.join(', ') : tests.length - totals.tests.outside
  },
  alarm: ({ totals }) => totals.tests.failed + totals.tests.unfinished > 0,
  title: () => 'Tests',
  render: ({ tests }, { query }) => {
    let show = choices.find(({ name }) => name === query.get('show')) ?? /** @type {typeof choices[0]} */ (choices[0])
    let text = query.get('q') ?? ''
    const status = el('p.muted', { role: 'status' })
    const list = pagedList({
      items: filteredTests(tests, show, text),
      noun: 'test',
      show: testTable,
      page: Number(query.get('page') ?? 0) || 0,
      query: 'page',
    })
    const update = () => {
      const found = filteredTests(tests, show, text)
      list.update(found)
      keepQuery({ show: show.name, q: text })
      status.textContent = `${found.length.toLocaleString('en')} of ${plural(tests.length, 'test')}`
    }
    status.textContent = `${filteredTests(tests, show, text).length.toLocaleString('en')} of ${plural(tests.length, 'test')}`
    const choose = el(
      'fieldset.choices',
      {},
      el('legend.hidden', {}, 'Show'),
      choices.map((choice) =>
        el(
          'label',
          {},
          el('input', {
            type: 'radio',
            name: 'show',
            value: choice.name,
            checked: choice === show,
            onchange: () => {
              show = choice
              update()
            },
          }),
          el('span', {}, choice.label, el('span.count', {}, tests.filter(choice.has).length)),
        ),
      ),
    )
    const box = filterBox({
      label: 'Filter by name, file, boundary or operation',
      value: text,
      change: (_words, typed) => {
        text = typed
        update()
      },
    })
    return [el('div.controls', {}, choose, box), status, list.node]
  },
}

/**
 * @param {readonly TestSummary[]} tests
 * @param {typeof choices[0]} show
 * @param {string} text
 */
function filteredTests(tests, show, text) {
  const words = wordsOf(text)
  return tests.filter((test) => show.has(test) && words.every((word) => haystack(test).includes(word)))
}

/** @type {WeakMap<TestSummary, string>} */
const haystacks = new WeakMap()

/** @param {TestSummary} test */
function haystack(test) {
  let found = haystacks.get(test)
  if (found === undefined) {
    const operations = test.exchanges.map(({ boundary, operation }) => `${boundary} ${operation}`)
    found = [...new Set([test.test?.file, test.test?.name, test.state, ...operations, ...test.unknown])]
      .join('\n')
      .toLowerCase()
    haystacks.set(test, found)
  }
  return found
}

/** @param {readonly TestSummary[]} shown */
function testTable(shown) {
  return table(
    'Tests',
    [
      { title: 'Test', kind: 'wide', cell: ({ test }) => testLink(test, { 'data-row': true }) },
      {
        title: 'State',
        cell: ({ state, attempts }) => [stateLabel(state), attempts > 1 && el('span.tag', {}, `${attempts} attempts`)],
      },
      { title: 'Asked', kind: 'number', cell: ({ exchanges }) => exchanges.length },
      {
        title: 'Missed',
        kind: 'number',
        cell: ({ misses, unknown }) =>
          misses.length + unknown.length === 0 ? '–' : el('b.bad', {}, misses.length + unknown.length),
      },
      { title: 'Took', kind: 'number', cell: ({ durationMs }) => (durationMs === null ? '–' : duration(durationMs)) },
    ],
    shown,
  )
}
