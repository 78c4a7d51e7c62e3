import { createHash } from 'node:crypto'
import { seededRandom } from '../../core/seeded-random.ts'
import type { SeededRandom } from '../../protocols/sql/test-database.ts'

/** What a seed function draws from: the same for the same `key`. */
export function seedRandom(key: string): SeededRandom {
  const next = seededRandom(createHash('sha256').update(key).digest().readUInt32BE(0))
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return Object.assign(() => next(), {
    int,
    pick: <T>(list: readonly T[]): T => list[int(0, list.length - 1)]!,
    uuid: () => {
      const digits = Array.from({ length: 30 }, () => int(0, 15).toString(16)).join('')
      return digits.replace(/^(.{8})(.{4})(.{3})(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5')
    },
  })
}
