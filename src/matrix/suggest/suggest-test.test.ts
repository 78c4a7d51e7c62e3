import { expect, it } from 'vitest'
import { findFault } from '../catalogue.ts'
import { makeCell } from '../cell.ts'
import type { JudgedCell } from '../findings.ts'
import { suggestTest } from './suggest-test.ts'

it('arms both where two things go wrong, imports what the file lacks, and says what cannot be known', () => {
  const after = { boundary: 'pay', operation: 'POST /charges', nth: 2, fault: 'reply lost' }
  const cell = makeCell({
    test: { file: 'pay.test.ts', name: "paying > it's %i paid" },
    boundary: 'ledger',
    protocol: 'postgres',
    operation: 'INSERT entries',
    nth: 1,
    fault: 'sqlstate 40001',
    family: 'error',
    after,
  })
  const judgement = { verdict: 'leak', oracle: 'O8', what: 'it left behind\n1 socket', evidence: [] }
  const judged = { shown: { cell, fault: findFault(cell.fault) }, judgement } as unknown as JudgedCell
  const source = "import { expect, it, mortarTest } from './everything.ts'\nit.each([1])(`it's %i paid`, () => pay())"
  expect(suggestTest(judged, { source, cassette: 'pay/paid' })).toBe(`// For pay.test.ts, beside 'it\\'s %i paid'.
import { httpFaults, sqlstate } from 'mortar/faults'

it('it\\'s %i paid, though \`INSERT entries\` failed with 40001, a serialization failure', async () => {
  mortarTest.use('pay/paid')
  await mortarTest.boundary('pay').fault(httpFaults.lostReply({ operation: 'POST /charges', nth: 2 }))
  await mortarTest.boundary('ledger').fault(sqlstate('40001', { operation: 'INSERT entries' }))
  // As in 'it\\'s %i paid'.
  const asItIs = async () => {
    // What 'it\\'s %i paid' does.
  }
  await asItIs().catch(() => {})
  // Today: it left behind 1 socket. Assert here that it is not so.
})
`)
  expect(suggestTest(judged, { source: "import test from 'node:test'" })).toBe('')
})
