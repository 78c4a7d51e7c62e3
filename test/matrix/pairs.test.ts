import { describe, expect, it } from 'vitest'
import type { Project } from '../support/project.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

/** Holds a seat and charges for it; what is held is given back when nobody pays. */
function booking(undo: string, after: (close: () => void) => void): Project {
  return matrixProject({
    after,
    boundaries: '',
    files: {
      'book.mjs': `async function ask(method, path) {
  const headers = { 'idempotency-key': crypto.randomUUID() }
  const response = await fetch(process.env.GATEWAY + path, { method, headers, signal: AbortSignal.timeout(6000) })
    .catch((cause) => { throw new Error('the gateway gave no answer', { cause }) })
  if (!response.ok) throw new Error('the gateway answered ' + response.status)
}
export async function book() {
  await ask('POST', '/v1/holds')
  try {
    await ask('POST', '/v1/charges')
  } catch (error) {
    ${undo}
    throw error
  }
}`,
      'book.test.mjs': `import { test } from 'vitest'
import { book } from './book.mjs'
test('books a seat', async () => { await book() })`,
    },
  })
}

describe.concurrent('a second fault, where a first one has led to something new', () => {
  it('shows what was to make up for the first one, and was not done either', async ({ onTestFinished: after }) => {
    const made = booking("await ask('DELETE', '/v1/holds/1').catch(() => {})", after)
    const { ran, document } = await runMatrix(made, '--fault', '503 always')
    const pairs = document.cells.filter((one) => one.after).length
    const single = document.cells.length - pairs
    expect(ran.stderr).toContain(`${single} of ${single} cells run`)
    expect(ran.stderr).toContain(`${pairs} of ${pairs} pairs run`)
    const [finding] = document.findings
    expect(finding?.sentence).toMatch(
      /^`POST \/v1\/charges` was answered with 503, again and again, and then `DELETE \/v1\/holds\/\{id\}` was /,
    )
    expect(finding).toMatchObject({ verdict: 'inconsistent', operation: 'DELETE /v1/holds/{id}' })
    const cell = document.cells.find(({ id }) => id === finding?.cells[0])
    expect(cell?.after).toEqual({ boundary: 'gateway', operation: 'POST /v1/charges', nth: 1, fault: '503 always' })
    expect(document.cells.filter((one) => !one.after).map(({ verdict }) => verdict)).not.toContain('inconsistent')
    const again = await runMatrix(made, '--cell', cell!.id)
    expect(again.document.cells.map(({ id, verdict }) => [id, verdict])).toEqual([[cell!.id, 'inconsistent']])
  })

  it('shows nothing bad where that is tried again', async ({ onTestFinished: after }) => {
    const undo = "for (let i = 0; i < 3; i++) { try { await ask('DELETE', '/v1/holds/1'); break } catch {} }"
    const { document } = await runMatrix(booking(undo, after), '--fault', '503 always')
    expect(document.findings).toEqual([])
    expect(new Set(document.cells.flatMap(({ after: first, verdict }) => (first ? [verdict] : [])))).toEqual(
      new Set(['degraded']),
    )
  })

  it('names those that are left out, as there are so many', async ({ onTestFinished: after }) => {
    const undo = `for (const name of 'abcdefghijklmnopqrstuvw') await ask('DELETE', '/v1/holds/of-' + name).catch(() => {})`
    const made = booking(undo, after)
    const { document } = await runMatrix(made, '--fault', '503')
    const pairs = document.cells.filter((one) => one.after)
    const left = document.leftOutPairs ?? []
    expect([pairs.length, left.length]).toEqual([60, 9])
    expect(new Set(left.map(({ why, test, operation }) => `${test.name}: ${operation}: ${why}`))).toEqual(
      new Set(['u', 'v', 'w'].map((name) => `books a seat: DELETE /v1/holds/of-${name}: enough in all`)),
    )
    expect([document.leftOut, document.isWhole]).toEqual([[], false])
    expect(made.read('.mortar/matrix.html')).toContain('9 pairs of faults were not run, as there are enough in all')
    // Who wants one has it.
    const one = await runMatrix(made, '--cell', left[0]!.id)
    expect(one.document.cells.map(({ id }) => id)).toEqual([left[0]!.id])
    const { stdout } = await made.mortar(['matrix', '--baseline', '2', '--fault', '503'])
    expect(stdout).toContain(
      'Left out: 9 pairs of faults were not run, as no more than 60 are tried\n  9 of "books a seat"\n',
    )
  })
})
