/** What can be taken: `answer`, the connection of one that comes in until it was read. */
export type HeldKind = 'pool client' | 'timer' | 'connection' | 'answer'

/** Something that was taken, and is open until it is given back: a client of a pool, a timer that goes on. */
export interface Held {
  readonly kind: HeldKind
  /** Who has taken it: lines of a stack as V8 prints it. */
  stack(): string
  isOpen(): boolean
  /** Takes it away from whoever has left it, where that can be done. */
  end?(): void
}

/** @param by - Who has given it back, as its own `stack`. */
type GivenBack = (one: Held, by: () => string) => void

interface AllHeld {
  readonly open: Set<Held>
  heard: GivenBack | undefined
}

// A bundler or a test runner may load this module twice in one process.
const key = Symbol.for('mortar.held')
const all: AllHeld = ((globalThis as { [key]?: AllHeld })[key] ??= { open: new Set(), heard: undefined })

/** Takes note of something that was taken. @returns Says that it was given back, where nobody can see that. */
export function hold(one: Held): (by: () => string) => void {
  all.open.add(one)
  // Where nobody asks, what is over is not to be kept.
  if (all.open.size % sweepEvery === 0) heldNow()
  return (by) => {
    if (all.open.delete(one)) all.heard?.(one, by)
  }
}

const sweepEvery = 1000

/** What is open now. */
export function heldNow(): readonly Held[] {
  for (const one of all.open) if (!one.isOpen()) all.open.delete(one)
  return [...all.open]
}

/** Hears from now on, and nobody else does, of what is said to be given back. */
export function hearGivenBack(heard: GivenBack | undefined): void {
  all.heard = heard
}
