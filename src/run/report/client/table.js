/** @import { Child } from './element.js' */
import { el } from './element.js'

/**
 * @template T
 * @typedef {object} Column
 * @property {string} title
 * @property {(item: T) => Child | readonly Child[]} cell
 * @property {'number' | 'wide' | 'text'} [kind] - Numbers are set right; wide columns take what is left.
 */

/**
 * A table, the first column naming its row.
 *
 * @template T
 * @param {string} caption - For screen readers; the heading above says it to others.
 * @param {readonly Column<T>[]} columns
 * @param {readonly T[]} items
 */
export function table(caption, columns, items) {
  return el(
    'div.scroll',
    { tabindex: '0', role: 'region', 'aria-label': caption },
    el(
      'table',
      {},
      el('caption.hidden', {}, caption),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map(({ title, kind }) => el(`th.${kind ?? 'text'}`, { scope: 'col' }, title)),
        ),
      ),
      el(
        'tbody',
        {},
        items.map((item) =>
          el(
            'tr',
            {},
            columns.map(({ cell, kind }, index) =>
              index === 0
                ? el(`th.${kind ?? 'text'}`, { scope: 'row' }, cell(item))
                : el(`td.${kind ?? 'text'}`, {}, cell(item)),
            ),
          ),
        ),
      ),
    ),
  )
}
