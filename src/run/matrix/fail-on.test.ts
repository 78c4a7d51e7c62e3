import { expect, it } from 'vitest'
import type { MatrixDocument } from './document.ts'
import { failuresOf } from './fail-on.ts'

it('fails where a test does by itself, and not where one is flaky', () => {
  const excluded = ['failing', 'flaky', 'armed'].map((state) => ({ test: { file: 'a', name: state }, state, why: '' }))
  const document = { findings: [], cells: [{}], expiredRules: [], tests: { excluded } } as unknown as MatrixDocument
  expect(failuresOf(document, 'new')).toEqual(['failing fails by itself'])
  expect(failuresOf(document, 'never')).toEqual([])
})
