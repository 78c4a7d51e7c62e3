import { el, entriesIn, find } from './element.js'

/** @type {readonly (readonly [string, string])[]} */
const help = [
  ['1 … 9', 'go to a view'],
  ['/', 'go to the filter'],
  ['j, in a list also ↓', 'next entry'],
  ['k, in a list also ↑', 'previous entry'],
  ['Home, End', 'first or last entry of the page'],
  ['Page Up, Page Down', 'previous or next page of a list'],
  ['Enter', 'open the entry'],
  ['u', 'up: from a test or boundary to its list'],
  ['t', 'change the theme'],
  ['?', 'show these keys'],
  ['Esc', 'close this, or leave the filter'],
]

/**
 * Makes the keys work, and gives back the dialog that lists them.
 *
 * @param {() => readonly string[]} places - Addresses of the views, in the order of the navigation.
 */
export function installKeys(places) {
  let single = true
  const dialog = /** @type {HTMLDialogElement} */ (
    el(
      'dialog',
      { 'aria-labelledby': 'keys-title' },
      el('h2', { id: 'keys-title' }, 'Keys'),
      el(
        'dl.keys',
        {},
        help.map(([key, what]) => el('div', {}, el('dt', {}, el('kbd', {}, key)), el('dd', {}, what))),
      ),
      el(
        'label',
        {},
        el('input', {
          type: 'checkbox',
          checked: true,
          onchange: (/** @type {{ target: HTMLInputElement }} */ { target }) => {
            single = target.checked
          },
        }),
        ' Single letters and digits are keys',
      ),
      el('form', { method: 'dialog' }, el('button', {}, 'Close')),
    )
  )

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || dialog.open) return
    const target = /** @type {HTMLElement} */ (event.target)
    if (target.matches('input[type=search]')) {
      if (event.key === 'Escape') target.blur()
      return
    }
    if (!single && event.key.length === 1) return
    const done = act(event.key)
    if (done) event.preventDefault()
  })
  return dialog

  /** @param {string} key */
  function act(key) {
    const place = /^[1-9]$/.test(key) ? places()[Number(key) - 1] : undefined
    if (place !== undefined) location.hash = place
    else if (key === '?') dialog.showModal()
    else if (key === '/') find('#filter')?.focus()
    else if (key === 'j') return step(1)
    else if (key === 'k') return step(-1)
    else if (key === 'u') find('nav [aria-current]')?.click()
    else if (key === 't') find('.theme')?.click()
    else return false
    return true
  }

  /**
   * Moves in the list that has the focus, or to the first entry of the page.
   *
   * @param {1 | -1} direction
   */
  function step(direction) {
    const rows = entriesIn(document)
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    const next = at === -1 ? rows[0] : rows[at + direction]
    next?.focus()
    return next !== undefined
  }
}
