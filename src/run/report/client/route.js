/** @import { TestRef } from '../../../core/exchange.ts' */

/**
 * Where the reader is: `#/tests?show=failed` is the view `tests` without key.
 *
 * @typedef {object} Route
 * @property {string} view - Name of the view; empty for the overview.
 * @property {string} key - What the view shows, as `keyOf` made it; empty when it needs none.
 * @property {URLSearchParams} query
 */

/**
 * One string, safe in an address, for a list of names. Keys are compared, never decoded, so no name can break them.
 *
 * @param {...string} names
 */
export function keyOf(...names) {
  return names.map((name) => encodeURIComponent(name.toWellFormed())).join('/')
}

/** @param {TestRef | null} test */
export function testHref(test) {
  return test === null ? '#/test' : `#/test/${keyOf(test.file, test.name)}`
}

/** @param {string} boundary */
export function boundaryHref(boundary) {
  return `#/boundary/${keyOf(boundary)}`
}

/**
 * @param {string} hash
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const slash = path.indexOf('/')
  return {
    view: slash === -1 ? path : path.slice(0, slash),
    key: slash === -1 ? '' : path.slice(slash + 1),
    query: new URLSearchParams(query),
  }
}

/**
 * Writes what a list shows into the address, so that it can be linked to and is there again after going back.
 *
 * @param {Record<string, string | number>} values - Empty ones are left out.
 */
export function keepQuery(values) {
  const query = new URLSearchParams(location.hash.split('?', 2)[1])
  for (const [name, value] of Object.entries(values)) {
    if (value === '' || value === 0) query.delete(name)
    else query.set(name, String(value).toWellFormed())
  }
  const path = location.hash.split('?', 1)[0] || '#/'
  history.replaceState(null, '', query.size > 0 ? `${path}?${query}` : path)
}
