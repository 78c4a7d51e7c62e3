import type { ProvedOperation } from '../../core/proved-contract.ts'
import { type Answer, type Inquiry, type Question, together, type Where } from './question.ts'

/** What is enough, and what of it can stand for what. */
export interface Enough {
  readonly sufficient: ProvedOperation['sufficient']
  readonly anyOf: ProvedOperation['anyOf']
  /** What the loss of all members of `anyOf` together has led to. */
  readonly loss?: Answer
}

/** How often something else that would do is looked for, and up to how many fields each is tried alone first. */
const mostSubstitutes = 3
const mostAlone = 24

/** What a body can be put together from. */
export interface Parts {
  readonly needed: readonly string[]
  /** Read, and not needed by themselves. */
  readonly read: readonly string[]
  /** Not read as long as all the rest is there. */
  readonly unread: readonly string[]
  /** Objects and arrays that are kept with all that is in them. */
  readonly opaque: ReadonlySet<string>
  /** The tests in which it is open what is enough. */
  readonly where: Where
}

/**
 * Tries a body with nothing but the needed fields. If that is not enough, finds out what else it takes, and what would
 * do in its place.
 */
export function* findEnough({ needed, read, unread, opaque, where }: Parts): Inquiry<Enough> {
  const all = [...read, ...unread]
  const [bare] = yield [keeping(needed, { opaque, where })]
  if (!bare) return { sufficient: undefined, anyOf: [] }
  const first = { cell: bare.cell, held: !bare.shows }
  if (!bare.shows) return { sufficient: first, anyOf: [] }
  // In the others it is enough.
  const how = { opaque, where: bare.where }
  const { full, found: alone } = yield* tryAlone(needed, all, how)
  if (!full || full.shows) return { sufficient: first, anyOf: [] }
  const [one] = alone
  if (one) {
    const more = yield* substitutes(needed, without(all, alone), how)
    const group = [...alone, ...more].map(({ pointers }) => pointers)
    return { sufficient: { cell: one.answer.cell, held: true }, anyOf: [group], loss: bare }
  }
  const [withRead] = yield [keeping([...needed, ...read], how)]
  const isRead = withRead && !withRead.shows
  const found = yield* shrink(needed, { pool: isRead ? read : all, full: isRead ? withRead : full }, how)
  const rest = without(all, [found])
  const groups = yield* together(
    found.pointers.map((pointer) => {
      const beside = [...needed, ...found.pointers.filter((other) => other !== pointer)]
      return substitutes(beside, rest, how)
    }),
  )
  return {
    sufficient: { cell: found.answer.cell, held: true },
    anyOf: groups.map((group, i) => [[found.pointers[i]!], ...group.map(({ pointers }) => pointers)]),
    loss: bare,
  }
}

/** How a body is put together, and where it is tried. */
interface Keeping {
  readonly opaque: ReadonlySet<string>
  readonly where: Where
}

/** A body with just these. */
export function keeping(pointers: readonly string[], { opaque, where }: Keeping): Question {
  const whole = pointers.filter((pointer) => opaque.has(pointer))
  const keep = pointers.filter((pointer) => !opaque.has(pointer))
  return { fault: 'only these fields', detail: { keep, ...(whole.length > 0 && { whole }) }, where }
}

interface Shrunk {
  readonly pointers: readonly string[]
  /** Of the body with just these. */
  readonly answer: Answer
}

/** The smallest part of `pool` that is enough together with `needed`, by delta debugging. */
function* shrink(
  needed: readonly string[],
  { pool, full }: { readonly pool: readonly string[]; readonly full: Answer },
  how: Keeping,
): Inquiry<Shrunk> {
  let pointers = pool
  let answer = full
  let parts = 2
  while (pointers.length > 1) {
    const size = Math.ceil(pointers.length / parts)
    const chunks = Array.from({ length: Math.ceil(pointers.length / size) }, (_, i) =>
      pointers.slice(i * size, (i + 1) * size),
    )
    const rests = chunks.map((chunk) => pointers.filter((pointer) => !chunk.includes(pointer)))
    // Of two halves, each is what is there without the other.
    const tried = chunks.length > 2 ? [...chunks, ...rests] : chunks
    const answers = yield tried.map((each) => keeping([...needed, ...each], how))
    const at = answers.findIndex((one) => one && !one.shows)
    if (at >= 0) {
      pointers = tried[at]!
      answer = answers[at]!
      parts = at < chunks.length ? 2 : Math.max(2, parts - 1)
    } else if (parts < pointers.length) parts = Math.min(pointers.length, parts * 2)
    else break
  }
  return { pointers, answer }
}

/** What of `pool` is enough beside what is kept: sets that have nothing in common, those of one field first. */
function* substitutes(
  kept: readonly string[],
  pool: readonly string[],
  how: Keeping,
  most: number = mostSubstitutes,
): Inquiry<readonly Shrunk[]> {
  if (pool.length === 0 || most === 0) return []
  const { full, found: alone } = yield* tryAlone(kept, pool, how)
  if (!full || full.shows) return []
  const found = alone.length > 0 ? alone : [yield* shrink(kept, { pool, full }, how)]
  return [...found, ...(yield* substitutes(kept, without(pool, found), how, most - 1))]
}

/** Tries all of `pool` together and, where that are not too many, each field alone. */
function* tryAlone(
  kept: readonly string[],
  pool: readonly string[],
  how: Keeping,
): Inquiry<{ readonly full: Answer | undefined; readonly found: readonly Shrunk[] }> {
  const alone = pool.length > mostAlone ? [] : pool.map((pointer) => [pointer])
  const [full, ...answers] = yield [pool, ...alone].map((each) => keeping([...kept, ...each], how))
  const found = alone.flatMap((pointers, i): Shrunk[] => {
    const answer = answers[i]
    return answer && !answer.shows ? [{ pointers, answer }] : []
  })
  return { full, found }
}

function without(pool: readonly string[], found: readonly Shrunk[]): readonly string[] {
  const taken = new Set(found.flatMap(({ pointers }) => pointers))
  return pool.filter((pointer) => !taken.has(pointer))
}
