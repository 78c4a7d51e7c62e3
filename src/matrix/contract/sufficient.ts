import type { ProvedOperation } from '../../core/proved-contract.ts'
import { type Answer, type Inquiry, type Question, together } from './question.ts'

/** What is enough, and what of it can stand for what. */
export interface Enough {
  readonly sufficient: ProvedOperation['sufficient']
  readonly anyOf: ProvedOperation['anyOf']
  /** What the loss of all members of `anyOf` together has led to. */
  readonly loss?: Answer
}

/** How often something else that would do is looked for. */
const mostSubstitutes = 3

/** What a body can be put together from. */
export interface Parts {
  readonly needed: readonly string[]
  /** Read, and not needed by themselves. */
  readonly read: readonly string[]
  /** Not read as long as all the rest is there. */
  readonly unread: readonly string[]
  /** Objects and arrays that are kept with all that is in them. */
  readonly opaque: ReadonlySet<string>
}

/**
 * Tries a body with nothing but the needed fields. If that is not enough, finds out what else it takes, and what would
 * do in its place.
 */
export function* findEnough({ needed, read, unread, opaque }: Parts): Inquiry<Enough> {
  const all = [...read, ...unread]
  const [bare] = yield [keeping(needed, opaque)]
  if (!bare) return { sufficient: undefined, anyOf: [] }
  const first = { cell: bare.cell, held: !bare.shows }
  if (!bare.shows) return { sufficient: first, anyOf: [] }
  const [withRead, full] = yield [read, all].map((more) => keeping([...needed, ...more], opaque))
  const pool = withRead && !withRead.shows ? read : all
  const start = pool === read ? withRead : full
  if (!start || start.shows) return { sufficient: first, anyOf: [] }
  const found = yield* shrink(needed, pool, start, opaque)
  const rest = all.filter((pointer) => !found.pointers.includes(pointer))
  const groups = yield* together(
    found.pointers.map((pointer) => {
      const beside = [...needed, ...found.pointers.filter((one) => one !== pointer)]
      return substitutes(beside, rest, opaque, mostSubstitutes)
    }),
  )
  return {
    sufficient: { cell: found.answer.cell, held: true },
    anyOf: groups.map((group, i) => [[found.pointers[i]!], ...group]),
    loss: bare,
  }
}

function keeping(pointers: readonly string[], opaque: ReadonlySet<string>): Question {
  const whole = pointers.filter((pointer) => opaque.has(pointer))
  const keep = pointers.filter((pointer) => !opaque.has(pointer))
  return { fault: 'only these fields', detail: { keep, ...(whole.length > 0 && { whole }) } }
}

interface Shrunk {
  readonly pointers: readonly string[]
  /** Of the body with just these. */
  readonly answer: Answer
}

/** The smallest part of `pool` that is enough together with `needed`, by delta debugging. */
function* shrink(
  needed: readonly string[],
  pool: readonly string[],
  full: Answer,
  opaque: ReadonlySet<string>,
): Inquiry<Shrunk> {
  let pointers = pool
  let answer = full
  let parts = 2
  while (pointers.length > 1) {
    const size = Math.ceil(pointers.length / parts)
    const chunks = Array.from({ length: Math.ceil(pointers.length / size) }, (_, i) =>
      pointers.slice(i * size, (i + 1) * size),
    )
    const without = chunks.map((chunk) => pointers.filter((pointer) => !chunk.includes(pointer)))
    // Of two halves, each is what is there without the other.
    const tried = chunks.length > 2 ? [...chunks, ...without] : chunks
    const answers = yield tried.map((each) => keeping([...needed, ...each], opaque))
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

/** What else of `pool` is enough beside what is kept: sets that have nothing in common. */
function* substitutes(
  kept: readonly string[],
  pool: readonly string[],
  opaque: ReadonlySet<string>,
  most: number,
): Inquiry<readonly (readonly string[])[]> {
  if (pool.length === 0 || most === 0) return []
  const [full] = yield [keeping([...kept, ...pool], opaque)]
  if (!full || full.shows) return []
  const { pointers } = yield* shrink(kept, pool, full, opaque)
  const rest = pool.filter((pointer) => !pointers.includes(pointer))
  return [pointers, ...(yield* substitutes(kept, rest, opaque, most - 1))]
}
