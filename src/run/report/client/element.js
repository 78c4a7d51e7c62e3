/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element. Text becomes text nodes only, so nothing that a journal says is ever read as HTML.
 *
 * @param {string} tag - Name and classes: `a.quiet.wide`.
 * @param {Record<string, string | number | boolean | undefined | ((event: any) => void)>} attributes - Functions are
 *   listeners, named `onclick`; `false` and `undefined` leave the attribute out.
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const [name = 'div', ...classes] = tag.split('.')
  const element = document.createElement(name)
  if (classes.length > 0) element.className = classes.join(' ')
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value)
    else if (value === true) element.setAttribute(key, '')
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value))
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(typeof child === 'number' ? child.toLocaleString('en') : child)
    }
  }
  return element
}

/**
 * A name from the journal, kept apart from the direction of the text around it.
 *
 * @param {string} text
 */
export function named(text) {
  return text.trim() === '' ? el('span.muted', {}, '(no name)') : el('bdi', {}, harmless(text))
}

/**
 * Text of a journal in one line. Characters that control direction or a terminal are shown as `\ufffd`, so that a name
 * cannot look like another one.
 *
 * @param {string} text
 */
export function harmless(text) {
  return text.replace(/[\s\u2028\u2029]+/g, ' ').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/**
 * The first element that matches.
 *
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function find(selector) {
  return document.querySelector(selector)
}

/**
 * The entries of the lists within `place` that arrow keys go through.
 *
 * @param {ParentNode} place
 * @returns {HTMLElement[]}
 */
export function entriesIn(place) {
  return [...place.querySelectorAll('[data-row]')].filter((entry) => entry instanceof HTMLElement)
}

/**
 * A sentence of our own, where what stands between backticks becomes code.
 *
 * @param {string} sentence
 * @returns {readonly Child[]}
 */
export function withCode(sentence) {
  return sentence.split('`').map((part, index) => (index % 2 === 1 ? el('code', {}, part) : part))
}
