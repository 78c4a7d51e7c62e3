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
  const response = await fetch(process.env.GATEWAY + path, { method, headers, signal: AbortSignal.timeout(1500) })
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
})
