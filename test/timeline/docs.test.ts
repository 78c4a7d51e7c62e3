import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { diagnosisKinds } from '../../src/timeline/diagnosis/kinds.ts'
import { timelineHints } from '../../src/timeline/finding.ts'

const page = readFileSync('docs/timeline.md', 'utf8')

it('the page lists exactly the findings, with what to do', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| .+? \| (.+?) \|$/gm)]
  expect(Object.fromEntries(rows.map(([, code, hint]) => [code, hint]))).toEqual(timelineHints)
})

it('the page lists exactly the ways in which a boundary breaks', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \|$/gm)]
  expect(Object.fromEntries(rows.map(([, kind, words]) => [kind, words]))).toEqual(diagnosisKinds)
})
