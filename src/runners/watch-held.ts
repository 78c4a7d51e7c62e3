import { hearGivenBack, type Held, heldNow } from '../engine/held.ts'
import type { ProgramClock } from '../engine/clock/program-clock.ts'
import { own } from '../run/call-stacks.ts'
import { type CallSiteOptions, takerOn, testLineOn } from '../run/matrix/call-site.ts'
import type { LeftOpen } from '../run/matrix/plan-file.ts'

/** What a clean run of a test takes and does not give back at once. */
export interface UsualHeld {
  /** How often each line leaves something open. */
  readonly left: ReadonlyMap<string, number>
  /** Lines that take what the test itself gives back: it is open beyond the step of the test that has taken it. */
  readonly handedOut: ReadonlySet<string>
  /** How many timers are still to fire once, and soon; what they do is done behind the test. */
  readonly timers: number
  /** Without steps a line of the test stands for one, and nobody sees who has stopped a timer. */
  readonly hasSteps: boolean
}

/** Follows what one run of a test takes. */
export interface HeldWatch {
  /** A step of the test is over. */
  step(): void
  /** Whether more is open than before. */
  readonly isMore: boolean
  /** What a run without a fault shows. */
  usual(): UsualHeld
  /** Whether the program means to do more behind its test than that. */
  isLate(usual: UsualHeld): boolean
  /** What is open besides that. */
  besides(usual: UsualHeld): readonly LeftOpen[]
  /** Ends what is open at these places: who runs next is not to find less than there was. */
  end(left: readonly LeftOpen[]): void
}

/** What is known of a run. */
export interface WatchHeldOptions extends Omit<CallSiteOptions, 'own'> {
  /** Something goes wrong in it. */
  readonly isFaulted: boolean
  /** Of the program, where it is ours. */
  readonly clock: Pick<ProgramClock, 'soon'> | undefined
}

export function watchHeld({ isFaulted, clock, ...where }: WatchHeldOptions): HeldWatch {
  const before = new Set(heldNow())
  const outlived = new Set<Held>()
  const options = { ...where, own }
  let hasSteps = false
  const onGivenBack = (one: Held, by: () => string): void => {
    if (hasSteps || before.has(one)) return
    const line = testLineOn(one.stack(), options)
    if (line === undefined || line !== testLineOn(by(), options)) outlived.add(one)
  }
  hearGivenBack(isFaulted ? undefined : onGivenBack)

  const places = new Map<Held, LeftOpen | undefined>()
  /** What tests and packages have taken is their own affair. */
  const isOfProgram = (one: Held): boolean => placeOf(one) !== undefined
  const fresh = (): readonly Held[] => heldNow().filter((one) => !before.has(one))
  const taken = (): readonly Held[] => fresh().filter(isOfProgram)

  /** What is given back in exchange, such as by who connects again, is no less than what is taken. */
  function more(): readonly Held[] {
    const now = new Set(heldNow())
    const gone = [...before].filter((one) => !now.has(one) && isOfProgram(one))
    return taken().filter(
      ({ kind }, _, all) =>
        all.filter((one) => one.kind === kind).length > gone.filter((one) => one.kind === kind).length,
    )
  }

  /** Where it was taken, if that is the program's. */
  function placeOf(one: Held): LeftOpen | undefined {
    const { kind } = one
    if (!places.has(one)) {
      const site = takerOn(one.stack(), { ...options, isDirect: kind !== 'pool client' })
      places.set(one, site === undefined ? undefined : { kind, site })
    }
    return places.get(one)
  }

  const placesOf = (some: Iterable<Held>): readonly LeftOpen[] =>
    [...some].map(placeOf).filter((place) => place !== undefined)

  return {
    step() {
      // What was heard of the first step counted by lines.
      if (!hasSteps) outlived.clear()
      hasSteps = true
      for (const one of fresh()) outlived.add(one)
    },
    get isMore() {
      return more().length > 0
    },
    usual: () => ({
      left: countOf(placesOf(taken())),
      handedOut: new Set(placesOf(outlived).map(nameOf)),
      hasSteps,
      timers: clock?.soon() ?? 0,
    }),
    isLate: ({ timers }) => clock !== undefined && clock.soon() > timers,
    besides(usual) {
      const known = more().filter(({ kind }) => usual.hasSteps || kind === 'pool client')
      const left = placesOf(known).filter((place) => !usual.handedOut.has(nameOf(place)))
      const counts = countOf(left)
      const each = new Map(left.map((place) => [nameOf(place), place]))
      return [...each].flatMap(([name, place]) => (counts.get(name)! > (usual.left.get(name) ?? 0) ? [place] : []))
    },
    end(left) {
      const names = new Set(left.map(nameOf))
      for (const one of taken()) if (names.has(nameOf(placeOf(one)!))) one.end?.()
    },
  }
}

function nameOf({ kind, site }: LeftOpen): string {
  return `${kind} ${site}`
}

function countOf(places: readonly LeftOpen[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const place of places) counts.set(nameOf(place), (counts.get(nameOf(place)) ?? 0) + 1)
  return counts
}
