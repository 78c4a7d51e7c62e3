import { httpFaults as faults } from '../../../protocols/http/faults.ts'
import { findCursor } from '../../../protocols/http/faults/page-cursor.ts'
import type { CatalogueFault } from '../../catalogue.ts'
import type { ExchangeClass } from '../../classes.ts'
import { reads, repliesOf } from './asked.ts'

const paged = (exchanges: ExchangeClass): boolean => reads(exchanges) && exchanges.questions > 1

/** Whether it shows how one page leads to the next, and the last one leads nowhere. */
function cursored(exchanges: ExchangeClass): boolean {
  const [first, second] = exchanges.moments
  if (!paged(exchanges) || !second) return false
  const last = exchanges.moments.at(-1)!
  const cursor = findCursor(urlOf(first), repliesOf(first), urlOf(second))
  return cursor !== undefined && !cursor.leadsOn(repliesOf(last))
}

/** Pages of one list differ in their query only. */
function ofOneList(exchanges: ExchangeClass): boolean {
  return paged(exchanges) && new Set(exchanges.moments.map((each) => urlOf(each).split('?')[0])).size === 1
}

function urlOf({ facts }: ExchangeClass['moments'][number]): string {
  return facts.http?.url ?? ''
}

/** Lists that are given page by page. */
export const pageFaults: readonly CatalogueFault[] = [
  {
    name: 'repeated page',
    family: 'error',
    said: 'gave the same page again and again',
    expected: 'stop when a cursor comes back, or after a number of pages',
    reaches: true,
    weight: 5,
    applies: paged,
    arm: (aim) => faults.repeatedPage(aim),
  },
  {
    name: 'endless pages',
    family: 'error',
    said: 'gave one more page again and again, with nothing on it',
    expected: 'stop after a number of pages',
    reaches: true,
    patience: 400,
    once: true,
    weight: 4,
    fromFirst: true,
    applies: cursored,
    arm: (aim) => faults.morePages('endless', aim),
  },
  {
    name: 'empty page',
    family: 'error',
    said: 'gave one more page, with nothing on it',
    expected: 'take it for the end of the list',
    reaches: true,
    passing: true,
    once: true,
    weight: 3,
    fromFirst: true,
    applies: cursored,
    arm: (aim) => faults.morePages('empty', aim),
  },
  {
    name: 'cursor expired',
    family: 'error',
    said: 'was answered with 410 at the second page: the cursor had expired',
    expected: 'begin again from the first page, or fail as a whole',
    reaches: false,
    once: true,
    weight: 3,
    applies: ofOneList,
    arm: ({ operation, nth }) =>
      faults.status(410, { operation, nth: nth + 1, body: '{"error":{"code":"cursor_expired"}}' }),
  },
  {
    name: 'last page again',
    family: 'corruption',
    said: 'gave what was on its last page once more',
    expected: 'know what it has taken already',
    reaches: true,
    absorbed: true,
    once: true,
    weight: 2,
    fromFirst: true,
    applies: cursored,
    arm: (aim) => faults.morePages('last again', aim),
  },
]
