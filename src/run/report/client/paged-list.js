/** @import { Child } from './element.js' */
import { el, entriesIn } from './element.js'
import { keepQuery } from './route.js'
import { plural } from '../../wording.ts'

/**
 * A list of which only one page is in the document, so that ten thousand entries are as quick as ten. Arrow keys move
 * between the entries marked with `data-row`; Page Up and Page Down turn pages.
 *
 * @template T
 * @param {object} options
 * @param {readonly T[]} options.items
 * @param {string} options.noun - What an entry is, in the singular: `test`.
 * @param {string} [options.nouns] - Its plural, when that is not the singular with `s`.
 * @param {(items: readonly T[]) => Child} options.show - Makes one page.
 * @param {number} [options.pageSize]
 * @param {number} [options.page] - The first page shown, counted from 0.
 * @param {string} [options.query] - Name under which the page is kept in the address; not kept without one.
 * @returns {{ node: HTMLElement, update: (items: readonly T[], page?: number) => void }}
 */
export function pagedList({ items, noun, nouns, show, pageSize = 100, page = 0, query }) {
  const body = el('div.list')
  const status = el('span', { role: 'status' })
  const previous = el('button', { type: 'button', onclick: () => turn(-1) }, '← Previous')
  const next = el('button', { type: 'button', onclick: () => turn(1) }, 'Next →')
  const pager = el('div.pager', {}, previous, status, next)
  const node = el('div', { onkeydown: (/** @type {KeyboardEvent} */ event) => onKey(event) }, body, pager)

  function draw() {
    const last = Math.max(0, Math.ceil(items.length / pageSize) - 1)
    page = Math.min(Math.max(0, page), last)
    const from = page * pageSize
    const shown = items.slice(from, from + pageSize)
    body.replaceChildren(
      shown.length === 0 ? el('p.muted', {}, `No ${nouns ?? `${noun}s`} to show.`) : /** @type {Node} */ (show(shown)),
    )
    pager.hidden = items.length <= pageSize
    previous.toggleAttribute('disabled', page === 0)
    next.toggleAttribute('disabled', page === last)
    status.textContent = `${(from + 1).toLocaleString('en')}–${(from + shown.length).toLocaleString('en')} of ${plural(items.length, noun, nouns)}`
    if (query !== undefined) keepQuery({ [query]: page })
  }

  /** @param {number} pages */
  function turn(pages) {
    page += pages
    draw()
    if (!node.contains(document.activeElement)) entriesIn(body)[0]?.focus()
    node.scrollIntoView({ block: 'nearest' })
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'PageDown' || event.key === 'PageUp') {
      if (pager.hidden) return
      event.preventDefault()
      turn(event.key === 'PageDown' ? 1 : -1)
      entriesIn(body)[0]?.focus()
      return
    }
    const all = entriesIn(body)
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (at === -1 || to === undefined) return
    event.preventDefault()
    const overEnd = to === all.length && !next.hasAttribute('disabled')
    if (overEnd) turn(1)
    const target = overEnd ? entriesIn(body)[0] : all[to]
    target?.focus()
  }

  draw()
  return {
    node,
    update(changed, at = 0) {
      items = changed
      page = at
      draw()
    },
  }
}
