import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'

/** One line of the shop, as it is and as somebody has changed it. */
export interface LineChange {
  readonly name: string
  /** Relative to the shop. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/** Changes as they are made every day: a text, a limit, a pause. */
export const everydayChanges: readonly LineChange[] = [
  { name: 'listing of orders', file: 'src/orders/order-store.ts', from: 'LIMIT 50', to: 'LIMIT 49' },
  { name: 'a message of the stock', file: 'src/orders/stock.ts', from: 'There is no product', to: 'no such product' },
  { name: 'refusal of a refund', file: 'src/orders/refund-order.ts', from: 'left to refund', to: 'left to give back' },
  { name: 'sender of a mail', file: 'src/mail/mailer.ts', from: 'orders@shop', to: 'order@shop' },
  { name: 'a declined card', file: 'src/payments/decline.ts', from: 'Please try', to: 'Try' },
  { name: 'pause before a retry', file: 'src/payments/retry.ts', from: 'delay(50 *', to: 'delay(51 *' },
]

/** A line that is a statement, and not in the midst of one. */
const statement = /^\s+(?:const|let|await|return|throw|if|for|[\w.]+\().*[^,{([&|?:=.+;>]$/
const goesOn = /^\s*[.?:&|+)}\]]+(?!$|\s*$)/

/**
 * Lines of the shop's sources, chosen by chance but the same for the same seed: each gets a statement more that does
 * nothing, so that what was executed with it has to be run again.
 *
 * @param shop - Its folder.
 */
export function linesByChance(shop: string, count: number, seed: number): readonly LineChange[] {
  const all = sourcesIn(shop).flatMap((file) => changesOf(shop, file))
  const next = chance(seed)
  return Array.from({ length: Math.min(count, all.length) }, () => all.splice(Math.floor(next() * all.length), 1)[0]!)
}

function sourcesIn(shop: string): readonly string[] {
  const entries = readdirSync(join(shop, 'src'), { recursive: true, encoding: 'utf8' })
  // Programs that start the rest are in no test.
  return entries
    .filter((file) => file.endsWith('.ts') && !file.startsWith('main-'))
    .map((file) => join('src', file))
    .toSorted()
}

function changesOf(shop: string, file: string): readonly LineChange[] {
  const lines = readFileSync(join(shop, file), 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    if (!statement.test(line) || goesOn.test(lines[i + 1] ?? '')) return []
    // A line that stands there twice would be changed where it stands first.
    if (lines.filter((other) => other.includes(line)).length > 1) return []
    const to = `${line}; void 0`
    const isWhole = isModule(lines.with(i, to).join('\n'))
    return isWhole ? [{ name: `${file}:${i + 1}`, file, from: line, to }] : []
  })
}

function isModule(code: string): boolean {
  try {
    stripTypeScriptTypes(code)
    return true
  } catch {
    return false
  }
}

/** Numbers from 0 to 1, by a linear congruence. */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}
