import type http from 'node:http'
import { expect, it } from 'vitest'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { runMatrix } from './matrix-project.ts'

const program = (holds: string, charges: string): string => `const ask = (method, url) => fetch(url, { method })
let held
export async function book(what) {
  await ask('PUT', '${holds}/holds/' + what)
  held = what
  const { ok } = await ask('POST', '${charges}/charges/' + what)
  if (!ok) throw new Error('not charged')
  held = undefined
}
export async function settle() {
  const what = held
  held = undefined
  if (what === 'planes') throw new Error('no planes')
  if (what) await ask('DELETE', '${holds}/holds/' + what)
}
`

const tests = `import { settleBy, test } from 'mortar/node-test'
import { book, settle } from './booking.mjs'
test('a room', async () => { settleBy(settle); await book('rooms') })
test('a plane, whose job fails when there is work', async () => { settleBy(settle); await book('planes') })
test('a boat, whose job fails', async () => { settleBy(() => { throw new Error('no boats') }); await book('boats') })
test('a bike, which nobody settles', async () => { await book('bikes') })
`

it('what a job of a test settles is no longer inconsistent, and a job that fails settles nothing', async ({
  onTestFinished: after,
}) => {
  const serve = async (): Promise<string> => {
    const answer: http.RequestListener = (request, response) =>
      void request.resume().on('end', () => response.end('{}'))
    return (await upstream(answer, { after: after as never })).origin
  }
  const [holds, charges] = [await serve(), await serve()]
  const made = project({
    after,
    config: `import { http } from 'mortar'
export default { boundaries: {
  holds: http({ origin: '${holds}', record: 'live' }), charges: http({ origin: '${charges}', record: 'live' }) } }`,
    files: { 'booking.mjs': program(holds, charges), 'booking.test.mjs': tests },
  })
  const { document } = await runMatrix(made, '--fault', '503', '--', 'node', '--test', 'booking.test.mjs')
  expect(document.tests.excluded).toMatchObject([
    { test: { name: 'a boat, whose job fails' }, why: 'the settling job failed: no boats' },
  ])
  const shown = document.cells.map(({ operation, verdict }) => [operation, verdict])
  expect(Object.fromEntries(shown)).toMatchObject({
    'POST /charges/bikes': 'inconsistent',
    'POST /charges/planes': 'inconsistent',
    'POST /charges/rooms': 'degraded',
  })
})
