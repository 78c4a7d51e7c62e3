import { expect, it } from 'vitest'
import { age, ageSpan, duration, plural } from './wording.ts'

const day = 86_400_000

it.each([
  [0, '< 1 ms'],
  [0.04, '40 µs'],
  [2.5, '2.5 ms'],
  [9.96, '10 ms'],
  [999.6, '1.0 s'],
  [59_960, '1 min 0 s'],
  [245_000, '4 min 5 s'],
])('writes a span of %s ms as %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

it.each([
  [0, 'less than a minute'],
  [90_000, '1 minute'],
  [7 * day, '7 days'],
  [364 * day, '11 months'],
  [8 * 366 * day, '8 years'],
])('writes an age of %s ms as %s', (ms, text) => {
  expect(age(ms)).toBe(text)
})

it.each([
  [2 * day, 5 * day, '2 to 5 days'],
  [day, 5 * day, '1 to 5 days'],
  [3 * day, 3000 * day, '3 days to 8 years'],
  [day, day, '1 day'],
  [0, 5 * 60_000, 'less than a minute to 5 minutes'],
])('writes ages from %s to %s ms as %s', (younger, older, text) => {
  expect(ageSpan(younger, older)).toBe(text)
})

it('takes the plural it is given', () => {
  expect([plural(1, 'miss', 'misses'), plural(12_000, 'miss', 'misses')]).toEqual(['1 miss', '12,000 misses'])
})
