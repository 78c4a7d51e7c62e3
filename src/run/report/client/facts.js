/** @import { Child } from './element.js' */
import { el } from './element.js'

/**
 * Names and values side by side; those without value are left out.
 *
 * @param {readonly (readonly [string, Child | readonly Child[]])[]} rows
 */
export function facts(rows) {
  return el(
    'dl.facts',
    {},
    rows
      .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '')
      .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  )
}
