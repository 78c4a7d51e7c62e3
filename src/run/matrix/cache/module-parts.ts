import { createHash } from 'node:crypto'
import { codeBlocks } from './code-blocks.ts'
import type { Parse } from './syntax-node.ts'

/** What stands in a module outside of all blocks, or in one of these without those that stand in it. */
export interface ModulePart {
  /** As of a `CodeBlock`; of what stands outside: empty. */
  readonly place: string
  /** Of its text, and of what it sees of what it leaves out. */
  readonly hash: string
  /** Its pieces between what it leaves out, in order: the line where each begins, and how many line ends are in it. */
  readonly pieces: readonly (readonly [line: number, ends: number])[]
}

/** The parts of a module: first what stands outside of all blocks, then each of these. `undefined`: it cannot be read. */
export function moduleParts(code: string, path: string, parse: Parse): readonly ModulePart[] | undefined {
  const blocks = codeBlocks(code, path, parse)
  if (!blocks) return undefined
  const lineEnds = [...code.matchAll(/\n/g)].map(({ index }) => index)
  const endsBefore = (offset: number): number => {
    let [low, high] = [0, lineEnds.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (lineEnds[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }
  const whole = { start: 0, end: code.length, place: '' }
  const innerOf = Map.groupBy(blocks, (one) => parentOf(one.place))
  return [whole, ...blocks].map(({ start, end, place }) => {
    const inner = innerOf.get(place) ?? []
    const pieces: (readonly [number, number])[] = []
    const texts: string[] = []
    let from = start
    for (const next of [...inner, { start: end, end }]) {
      texts.push(code.slice(from, next.start))
      pieces.push([endsBefore(from) + 1, endsBefore(next.start) - endsBefore(from)])
      from = next.end
    }
    const text = JSON.stringify([texts, inner.map(({ seen }) => seen)])
    return { place, pieces, hash: createHash('sha256').update(text).digest('hex').slice(0, 12) }
  })
}

/** The place of the block that a block stands in; empty: it stands in none. */
export function parentOf(place: string): string {
  const [, first, count] = /^(.*)\+(\d+)$/.exec(place) ?? []
  if (first !== undefined) return count === '1' ? first : `${first}+${Number(count) - 1}`
  return place.slice(0, Math.max(0, place.lastIndexOf('.')))
}

/** One string for equal parts at these places; `undefined` where there is one that has none. */
export function partsHash(parts: readonly ModulePart[], places: readonly string[]): string | undefined {
  const byPlace = new Map(parts.map(({ place, hash }) => [place, hash]))
  const hashes = places.map((place) => byPlace.get(place))
  return hashes.includes(undefined) ? undefined : createHash('sha256').update(hashes.join()).digest('hex').slice(0, 12)
}

/** Where lines of parts that are as they were have moved to; empty when all are where they were. */
export function movedLines(before: readonly ModulePart[], after: readonly ModulePart[]): ReadonlyMap<number, number> {
  const byPlace = new Map(after.map((part) => [part.place, part]))
  const moved = new Map<number, number>()
  for (const { place, hash, pieces } of before) {
    const now = byPlace.get(place)
    if (now?.hash !== hash) continue
    for (const [i, [line, ends]] of pieces.entries()) {
      const by = now.pieces[i]![0] - line
      if (by !== 0) for (let n = line; n <= line + ends; n++) moved.set(n, n + by)
    }
  }
  return moved
}
