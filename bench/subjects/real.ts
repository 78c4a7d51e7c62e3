import type { OpenedSubject } from './subject.ts'

/** The real service on loopback: nothing is intercepted. */
export function open(): OpenedSubject {
  return {}
}
