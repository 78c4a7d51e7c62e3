import { expect, it } from 'vitest'
import type { MatrixDocument } from '../run/matrix/document.ts'
import { matrixProgress } from './matrix-progress.ts'

it('says how far a matrix is, now and then, and how long the rest takes at this pace', () => {
  const said: string[] = []
  let at = 0
  const say = matrixProgress(
    (text) => void said.push(text),
    () => at,
  )
  const tell = (seconds: number, done: number, findings: number): void => {
    at = seconds * 1000
    const list = (length: number): unknown[] => Array.from({ length }, () => ({}))
    const shown = { state: 'running', cells: list(done), leftOut: list(200 - done), findings: list(findings) }
    say(shown as unknown as MatrixDocument)
  }
  tell(1, 0, 0)
  tell(4, 10, 0)
  tell(11, 100, 1)
  tell(12, 110, 2)
  tell(21, 180, 2)
  tell(40, 200, 2)
  expect(said).toEqual([
    'mortar: 100 of 200 cells, 1 finding so far, about 10 s left',
    'mortar: 180 of 200 cells, 2 findings so far, about 5 s left',
  ])
})

it('says nothing of the time that is left until it has seen a part of the cells', () => {
  const said: string[] = []
  let at = 0
  const say = matrixProgress(
    (text) => void said.push(text),
    () => at,
  )
  for (const [seconds, done] of [
    [1, 0],
    [6, 1],
    [12, 12],
  ] as const) {
    at = seconds * 1000
    const list = (length: number): unknown[] => Array.from({ length }, () => ({}))
    say({ state: 'running', cells: list(done), leftOut: list(164 - done), findings: [] } as unknown as MatrixDocument)
  }
  expect(said).toEqual([
    'mortar: 1 of 164 cells, 0 findings so far',
    'mortar: 12 of 164 cells, 0 findings so far, about 2 min left',
  ])
})
