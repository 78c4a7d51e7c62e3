/** Something that was taken, and is open until it is given back: a client of a pool, a timer that goes on. */
export interface Held {
  readonly kind: 'pool client' | 'timer'
  /** Who has taken it: lines of a stack as V8 prints it. */
  stack(): string
  isOpen(): boolean
}

// A bundler or a test runner may load this module twice in one process.
const key = Symbol.for('mortar.held')
const held = ((globalThis as { [key]?: Set<Held> })[key] ??= new Set())

/** Takes note of something that was taken. @returns Says that it was given back, where nobody can see that. */
export function hold(one: Held): () => void {
  held.add(one)
  return () => void held.delete(one)
}

/** What is open now. */
export function heldNow(): readonly Held[] {
  for (const one of held) if (!one.isOpen()) held.delete(one)
  return [...held]
}
