/** @import { Summary } from '../../summary/types.ts' */
/** @import { Child } from './element.js' */
/** @import { Route } from './route.js' */
import { boundariesView } from './views/boundaries.js'
import { boundaryView } from './views/boundary.js'
import { overviewView } from './views/overview.js'
import { slowestView } from './views/slowest.js'
import { testView } from './views/test.js'
import { testsView } from './views/tests.js'
import { unknownView } from './views/unknown.js'

/**
 * One page of the report. To add one, write a file in `views/` and name it in the list below.
 *
 * @typedef {object} View
 * @property {string} name - First part of the address: `tests` is at `#/tests`.
 * @property {string} [nav] - Its name in the navigation; a view without one is reached by links.
 * @property {(summary: Summary) => number | string} [count] - What stands beside that name, unless it is zero.
 * @property {(summary: Summary) => boolean} [alarm] - Whether that is bad news.
 * @property {string} [under] - Name of the view that is marked in the navigation instead.
 * @property {(summary: Summary, route: Route) => string} title - Heading and window title.
 * @property {(summary: Summary, route: Route) => readonly Child[]} render - What stands under the heading.
 */

/**
 * All views, those with a place in the navigation in its order.
 *
 * @type {readonly View[]}
 */
export const views = [overviewView, boundariesView, testsView, unknownView, slowestView, boundaryView, testView]
