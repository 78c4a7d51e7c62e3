/** @import { View } from '../views.js' */
import { el, named } from '../element.js'
import { testLink } from '../labels.js'
import { pagedList } from '../paged-list.js'
import { table } from '../table.js'
import { plural } from '../../../wording.ts'

/** @type {View} */
export const unknownView = {
  name: 'unknown',
  nav: 'Unknown destinations',
  count: ({ unknown }) => unknown.length,
  alarm: ({ unknown }) => unknown.length > 0,
  title: () => 'Unknown destinations',
  render: ({ unknown }) => [
    el(
      'p',
      {},
      unknown.length === 0
        ? 'Every call went to a boundary of the config or to an allowed host.'
        : 'Calls to addresses that belong to no boundary. Give each one a boundary, or add its host to ',
      unknown.length > 0 && el('code', {}, 'allow'),
      unknown.length > 0 && '.',
    ),
    unknown.length > 0 &&
      pagedList({
        items: unknown,
        noun: 'address',
        nouns: 'addresses',
        show: (shown) =>
          table(
            'Unknown destinations',
            [
              { title: 'Address', kind: 'wide', cell: ({ address }) => el('code', {}, named(address)) },
              { title: 'Calls', kind: 'number', cell: ({ count }) => count },
              {
                title: 'What happened',
                cell: ({ policy }) =>
                  policy === 'error' ? el('span.tag.bad', {}, 'refused') : el('span.tag.warn', {}, 'passed through'),
              },
              {
                title: 'Tests',
                cell: ({ tests }) =>
                  tests.length === 0
                    ? 'outside of any test'
                    : [
                        el(
                          'ul.tests',
                          {},
                          tests.slice(0, 3).map((test) => el('li', {}, testLink(test))),
                        ),
                        tests.length > 3 && el('span.muted', {}, `and ${plural(tests.length - 3, 'more test')}`),
                      ],
              },
            ],
            shown,
          ),
      }).node,
  ],
}
