import type { Lane } from '../../core/lane.ts'

/** A lane that does as `next` does but for what is named. */
export function wrapLane(next: Lane, changes: Partial<Lane>): Lane {
  return {
    gone: next.gone,
    write: (bytes) => next.write(bytes),
    end: () => next.end(),
    reset: () => next.reset(),
    drain: () => next.drain(),
    ...changes,
  }
}
