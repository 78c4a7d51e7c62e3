/** @import { BoundarySummary, Summary } from '../../../summary/types.ts' */
/** @import { View } from '../views.js' */
import { el } from '../element.js'
import { boundaryLink, recordedAge, riskLabel, staleLabel } from '../labels.js'
import { pagedList } from '../paged-list.js'
import { table } from '../table.js'

/** @type {View} */
export const boundariesView = {
  name: 'boundaries',
  nav: 'Boundaries',
  count: ({ boundaries }) => boundaries.length,
  title: () => 'Boundaries',
  render: (summary) => [boundaryTable(summary)],
}

/** @param {Summary} summary */
export function boundaryTable({ boundaries, madeAt }) {
  return pagedList({
    items: boundaries,
    noun: 'boundary',
    nouns: 'boundaries',
    show: (shown) =>
      table(
        'Boundaries',
        [
          {
            title: 'Boundary',
            kind: 'wide',
            cell: ({ name, origin, declared }) => [
              boundaryLink(name, { 'data-row': true }),
              origin !== null && el('span.file', {}, origin),
              !declared && el('span.tag', { title: 'The config does not name it' }, 'not in config'),
            ],
          },
          { title: 'Risk', cell: ({ risk }) => riskLabel(risk) },
          { title: 'Asked', kind: 'number', cell: askedCell },
          { title: 'Missed', kind: 'number', cell: ({ misses }) => (misses === 0 ? '–' : el('b.bad', {}, misses)) },
          { title: 'Operations exercised', kind: 'number', cell: operationsCell },
          {
            title: 'Recordings',
            cell: (boundary) => [recordedAge(boundary.recordings, madeAt), ' ', staleLabel(boundary)],
          },
        ],
        shown,
      ),
  }).node
}

/** @param {BoundarySummary} boundary */
function askedCell({ exchanges, fromService }) {
  if (exchanges === 0) return el('span.tag.warn', {}, 'never')
  return fromService === 0
    ? exchanges
    : el(
        'span',
        { title: `${fromService} answered by the real service` },
        exchanges,
        el('span.muted', {}, ` (${fromService} live)`),
      )
}

/** @param {BoundarySummary} boundary */
function operationsCell({ exercised, recordedOnly, recordings }) {
  const known = exercised.length + recordedOnly.length
  if (known === 0) return '–'
  return recordings.exchanges === 0 ? String(known) : `${exercised.length} of ${known} recorded`
}
