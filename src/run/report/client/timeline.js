/** @import { ExchangeSummary, MissSummary, TestSummary } from '../../summary/types.ts' */
/** @import { Route } from './route.js' */
import { el, named } from './element.js'
import { facts } from './facts.js'
import { filterBox, wordsOf } from './filter-box.js'
import { boundaryLink, outcomeOf } from './labels.js'
import { pagedList } from './paged-list.js'
import { keepQuery } from './route.js'
import { duration, plural } from '../../wording.ts'

/** @typedef {{ startMs: number, exchange: ExchangeSummary } | { startMs: number, exchange: null, miss: MissSummary }} Entry */

/**
 * What a test asked, as bars on a time axis. The axis spans the page that is shown, so bars stay readable in a test
 * with thousands of exchanges.
 *
 * @param {TestSummary} test
 * @param {Route} route
 */
export function timeline(test, { query }) {
  const entries = /** @type {Entry[]} */ ([
    ...test.exchanges.map((exchange) => ({ startMs: exchange.startMs, exchange })),
    ...test.misses.map((miss) => ({ startMs: miss.startMs, exchange: null, miss })),
  ]).sort((a, b) => a.startMs - b.startMs)
  if (entries.length === 0) return [el('p.muted', {}, 'Nothing crossed a boundary in this test.')]
  const q = query.get('q') ?? ''
  const list = pagedList({
    items: filteredEntries(entries, q),
    noun: 'exchange',
    show: axisAndBars,
    page: Number(query.get('page') ?? 0) || 0,
    query: 'page',
  })
  const legend = legendOf(entries)
  if (entries.length <= 15) return [legend, list.node]
  const status = el('p.muted', { role: 'status' }, plural(entries.length, 'exchange'))
  const box = filterBox({
    label: 'Filter exchanges',
    value: q,
    change: (_words, text) => {
      const found = filteredEntries(entries, text)
      list.update(found)
      keepQuery({ q: text })
      status.textContent = `${found.length.toLocaleString('en')} of ${plural(entries.length, 'exchange')}`
    },
  })
  return [el('div.controls', {}, box), status, legend, list.node]
}

/**
 * @param {readonly Entry[]} entries
 * @param {string} text
 */
function filteredEntries(entries, text) {
  const words = wordsOf(text)
  if (words.length === 0) return entries
  return entries.filter((entry) => {
    const { boundary, operation } = entry.exchange ?? entry.miss
    const more = entry.exchange ? `${entry.exchange.asked} ${entry.exchange.answered} ${entry.exchange.by}` : 'miss'
    const hay = `${boundary} ${operation} ${more}`.toLowerCase()
    return words.every((word) => hay.includes(word))
  })
}

/**
 * Says what the bars that occur look like.
 *
 * @param {readonly Entry[]} entries
 */
function legendOf(entries) {
  /** @param {(exchange: ExchangeSummary | null) => boolean} test */
  const some = (test) => entries.some(({ exchange }) => test(exchange))
  const kinds = [
    some((exchange) => exchange?.by === 'cassette' && exchange.ok === true) && [
      'span.bar.cassette',
      'from a recording',
    ],
    some((exchange) => exchange?.by === 'service' && exchange.ok === true) && [
      'span.bar.service',
      'from the real service',
    ],
    some((exchange) => exchange?.ok === false) && ['span.bar.not-ok', 'failure or status of 400 and more'],
    some((exchange) => exchange?.ok === null) && ['span.bar.open', 'never ended'],
    some((exchange) => exchange === null) && ['span.bar.missed', 'no recording'],
  ].filter((kind) => kind !== false)
  return el(
    'p.legend',
    {},
    kinds.map(([bar = '', what]) => el('span', {}, el(bar), what)),
  )
}

/** @param {readonly Entry[]} shown */
function axisAndBars(shown) {
  const from = shown[0]?.startMs ?? 0
  const to = shown.reduce(
    (latest, { startMs, exchange }) => Math.max(latest, startMs + (exchange?.durationMs ?? 0)),
    from,
  )
  // One that never ended needs room to be seen as such.
  const room = shown.some(({ exchange }) => exchange?.durationMs === null) ? 1.1 : 1
  const span = Math.max(to - from, 1) * room
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => el('span', {}, duration(from + part * span)))
  return el(
    'div.timeline',
    {},
    el(
      'div.axis',
      { 'aria-hidden': 'true' },
      el('span.what', {}, 'asked'),
      el('span.ticks', {}, ticks),
      el('span.took', {}, 'took'),
    ),
    el(
      'ol',
      {},
      shown.map((entry) => entryItem(entry, from, span)),
    ),
  )
}

/**
 * @param {Entry} entry
 * @param {number} from
 * @param {number} span
 */
function entryItem(entry, from, span) {
  const { startMs, exchange } = entry
  const outcome = exchange ? outcomeOf(exchange) : 'missed'
  const bar = el(`span.bar.${outcome}.${exchange?.by ?? 'nobody'}`)
  bar.style.setProperty('--from', String((startMs - from) / span))
  // One that never ended reaches to the end of the axis.
  bar.style.setProperty('--size', String(exchange ? (exchange.durationMs ?? from + span - startMs) / span : 0))
  const took = exchange ? (exchange.durationMs === null ? 'open' : duration(exchange.durationMs)) : 'miss'
  const details = el('div.details', { hidden: true })
  const button = el(
    'button.entry',
    {
      type: 'button',
      'data-row': true,
      'aria-expanded': 'false',
      onclick: () => {
        if (!details.hasChildNodes()) details.append(entryDetails(entry))
        details.hidden = !details.hidden
        button.setAttribute('aria-expanded', String(!details.hidden))
      },
    },
    el(
      'span.what',
      {},
      named((exchange ?? entry.miss).operation),
      el('span.file', {}, exchange ? (exchange.answered ?? 'no answer') : 'no recording'),
    ),
    el('span.track', { 'aria-hidden': 'true' }, bar),
    el(`span.took.${outcome}`, {}, took),
  )
  return el('li', {}, button, details)
}

/** @param {Entry} entry */
function entryDetails(entry) {
  if (!entry.exchange) return el('pre', { tabindex: '0', 'aria-label': 'Explanation' }, entry.miss.explanation)
  const { asked, answered, boundary, operation, effect, by, door, startMs, durationMs, ending, cassette, recorded } =
    entry.exchange
  return facts([
    ['Asked', el('code', {}, asked)],
    ['Answered', answered === null ? 'not to the end' : el('code', {}, answered)],
    ['By', by === 'cassette' ? 'a recording' : 'the real service'],
    ['Boundary', boundaryLink(boundary)],
    ['Operation', [el('code', {}, operation), effect && el('span.tag', {}, 'effect')]],
    ['Began', `${duration(startMs)} after the start`],
    ['Took', durationMs !== null && duration(durationMs)],
    ['Ending', ending !== 'complete' && ending],
    ['Cassette', cassette !== null && el('code', {}, cassette)],
    ['Recording', recorded !== null && el('code', {}, recorded)],
    ['Door', door],
  ])
}
