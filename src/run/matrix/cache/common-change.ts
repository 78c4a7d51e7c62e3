import { readFileSync } from 'node:fs'
import { writeWhole } from '../../../files/write-whole.ts'

/** On what all tests depend, by name, and the hash of each. */
export type CommonParts = Readonly<Record<string, string>>

/**
 * What of it is not as it was when this was called last: `seed.json changed`; `undefined` where that is not known.
 *
 * @param file - Where it is kept.
 */
export function commonChange(file: string, now: CommonParts): string | undefined {
  const before = readParts(file)
  const names = Object.keys({ ...now, ...before }).filter((name) => before?.[name] !== now[name])
  if (!before || names.length > 0) writeWhole(file, JSON.stringify(now))
  const [name] = names
  if (!before || name === undefined) return undefined
  const others = names.length > 1 ? `, and ${names.length - 1} more` : ''
  return `${name} ${!(name in before) ? 'was added' : name in now ? 'changed' : 'is gone'}${others}`
}

function readParts(file: string): CommonParts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CommonParts
  } catch {
    return undefined
  }
}
