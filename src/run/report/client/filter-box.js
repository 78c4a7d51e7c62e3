import { el, find } from './element.js'

/**
 * A field that filters a list as the reader types; `/` moves to it, Escape empties it, Arrow Down goes to the list.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {string} options.value
 * @param {(words: readonly string[], text: string) => void} options.change - Gets the words in lower case.
 */
export function filterBox({ label, value, change }) {
  const input = /** @type {HTMLInputElement} */ (
    el('input', {
      type: 'search',
      id: 'filter',
      placeholder: label,
      'aria-label': label,
      'aria-keyshortcuts': '/',
      autocomplete: 'off',
      spellcheck: 'false',
      oninput: () => change(wordsOf(input.value), input.value),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'ArrowDown') {
          event.preventDefault()
          find('main [data-row]')?.focus()
        }
      },
    })
  )
  input.value = value
  return input
}

/** @param {string} text */
export function wordsOf(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}
