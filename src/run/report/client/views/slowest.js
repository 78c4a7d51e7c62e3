/** @import { View } from '../views.js' */
import { el } from '../element.js'
import { boundaryLink, testLink } from '../labels.js'
import { pagedList } from '../paged-list.js'
import { table } from '../table.js'
import { duration } from '../../../wording.ts'

/** @type {View} */
export const slowestView = {
  name: 'slowest',
  nav: 'Slowest',
  title: () => 'Slowest exchanges',
  render: ({ slowest }) => [
    el('p.muted', {}, 'Replayed ones took as long as the replay did, not as long as the service would.'),
    pagedList({
      items: slowest,
      noun: 'exchange',
      show: (shown) =>
        table(
          'Slowest exchanges',
          [
            {
              title: 'Operation',
              kind: 'wide',
              cell: ({ operation, answered }) => [el('code', {}, operation), el('span.file', {}, answered)],
            },
            { title: 'Took', kind: 'number', cell: ({ durationMs }) => duration(durationMs ?? 0) },
            { title: 'Answered by', cell: ({ by }) => (by === 'cassette' ? 'recording' : 'real service') },
            { title: 'Boundary', cell: ({ boundary }) => boundaryLink(boundary) },
            { title: 'Test', cell: ({ test }) => testLink(test, { 'data-row': true }) },
          ],
          shown,
        ),
    }).node,
  ],
}
