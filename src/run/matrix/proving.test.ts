import { expect, it } from 'vitest'
import type { Cell } from '../../matrix/cell.ts'
import type { Ran } from './observe-run.ts'
import { openProving, type Proving } from './proving.ts'

const test = { file: 'a.test.ts', name: 'pays' }
const ran = (id: string, clears?: readonly string[]): Ran =>
  ({ record: { id, test, ...(clears && { clears }) } }) as unknown as Ran
const cells = ['a', 'b', 'c'].map((id) => ({ id, test }) as unknown as Cell)

function opened(): { readonly proving: Proving; readonly kept: string[] } {
  const kept: string[] = []
  return { proving: openProving({ keep: (some) => kept.push(...some.map(({ record }) => record.id)) }), kept }
}

it('keeps what a run behind it has shown, whichever of the two is heard of first', () => {
  const { proving, kept } = opened()
  proving.take([ran('a'), ran('b')], cells)
  expect(kept).toEqual([])
  proving.prove([ran('amid-1', ['a', 'c'])])
  expect(kept).toEqual(['a'])
  proving.take([ran('c')], cells)
  expect(kept).toEqual(['a', 'c'])
  expect(cells.map(({ id }) => proving.isProved(id))).toEqual([true, false, true])
  proving.end()
  expect(kept).toEqual(['a', 'c', 'b'])
})

it('does not keep what was taken back', () => {
  const { proving, kept } = opened()
  proving.take([ran('a')], cells)
  proving.takeBack(test)
  proving.end()
  expect(kept).toEqual([])
})

it('keeps at once what had a process of its own', () => {
  const { proving, kept } = opened()
  proving.take([ran('a')], cells, true)
  expect(kept).toEqual(['a'])
})
