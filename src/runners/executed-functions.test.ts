import { beforeEach, expect, test } from 'vitest'
import type { RanParts } from '../run/matrix/cache/mark-functions.ts'
import type { UsesRecord } from '../run/matrix/plan-file.ts'
import { watchFunctions } from './executed-functions.ts'

const realm = globalThis as RanParts & { __mortarExecuted?: unknown }
const one = { file: 'a.test.ts', name: 'one' }

beforeEach(() => {
  delete realm.__mortarRan
  delete realm.__mortarExecuted
})

/** Marks parts of the module \`m\` as they are run. */
function pass(...parts: readonly number[]): void {
  for (const part of parts) (realm.__mortarRan ??= {})[`m:${part}`] = 1
}

function opened(): (run: () => void, cleanRunOf?: typeof one) => readonly number[] | undefined {
  const told = new Map<string, UsesRecord>()
  const watch = watchFunctions('/project', { tell: (uses) => told.set(uses.id, uses), isAnew: false })
  return (run, cleanRunOf) => {
    watch.begin()
    run()
    const id = watch.end(cleanRunOf)
    return id === undefined ? undefined : told.get(id)!.parts['m']?.toSorted((a, b) => a - b)
  }
}

test('a run depends on what it has executed, and on what was executed outside of runs', () => {
  const ran = opened()
  expect(ran(() => {})).toBeUndefined()
  pass(0, 1)
  expect(ran(() => pass(2))).toEqual([0, 1, 2])
  pass(3)
  expect(ran(() => pass(2))).toEqual([0, 1, 2, 3])
})

test('what one run alone has executed counts for those behind it', () => {
  const ran = opened()
  ran(() => pass(1, 2))
  expect(ran(() => pass(1, 3))).toEqual([1, 2, 3])
  expect(ran(() => pass(3, 4))).toEqual([2, 3, 4])
  expect(ran(() => pass(4))).toEqual([2, 4])
})

test('what a clean run has executed, and the next one of its test has not, counts from then on', () => {
  const ran = opened()
  ran(() => pass(1, 2), one)
  ran(() => pass(2))
  expect(ran(() => pass(1), one)).toEqual([1, 2])
  expect(ran(() => pass(5))).toEqual([2, 5])
})

test('a module that is loaded in a run stays for all that follow', () => {
  const ran = opened()
  ran(() => pass(0))
  ran(() => pass(1))
  ran(() => pass(1))
  expect(ran(() => pass(1))).toEqual([0, 1])
})
