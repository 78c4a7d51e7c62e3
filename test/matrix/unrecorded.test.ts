import { expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { upstream } from '../support/upstream.ts'
import { matrixProject } from './matrix-project.ts'

const rates = `export async function currency() {
  const asked = await fetch(process.env.GATEWAY + '/v1/rates')
  const known = asked.ok ? asked : await fetch(process.env.GATEWAY + '/v1/fallback')
  return (await known.json()).currency
}`
const tests = `import { expect, test } from 'vitest'
import { currency } from './rates.mjs'
test('a rate is known', async () => { expect(await currency()).toBe('eur') })
test('a rate is known again', async () => { expect(await currency()).toBe('eur') })`
const config = `import { http } from 'mortar'
export default { test: 'vitest run', boundaries: {
  gateway: http({ origin: process.env.GATEWAY ?? 'http://127.0.0.1:9', record: 'once' }) } }`

it('a cell that asks what is not recorded says what that was, among the tests that are meant', async ({
  onTestFinished: after,
}) => {
  const { origin } = await upstream((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"currency":"eur"}')
  })
  // A recording is of an address, so the gateway has to stay where it is.
  const env = { GATEWAY: origin }
  const files = { 'gateway.mjs': 'export function setup() {}', 'rates.mjs': rates, 'rates.test.mjs': tests }
  const made = matrixProject({ after, boundaries: '', files })
  made.write('mortar.config.mjs', config)
  expect(await made.mortar(['run', '--', 'vitest', 'run'], { env })).toMatchObject({ code: 0 })
  const picked = ['matrix', '--baseline', '2', '--fault', '503', '--test', 'known again']
  const { stdout, stderr } = await made.mortar(picked, { env })
  expect(stderr).toContain('1 cell over 1 test:')
  expect(stdout).toContain(
    'Nothing could be judged, as something was asked that is not recorded, in 1 cell over 1 test',
  )
  expect(stdout.replaceAll('\n', ' ')).toContain('is not recorded (GET /v1/fallback at gateway); record it')
  const { cells } = JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
  expect(cells).toMatchObject([{ verdict: 'not-applicable', evidence: ['GET /v1/fallback at gateway'] }])
  const again = await made.mortar(picked, { env })
  expect(again.stdout).toContain('1 of 1 cell from earlier runs')
  expect(again.stdout.replaceAll('\n', ' ')).toContain('(GET /v1/fallback at gateway)')
  const alone = await made.mortar(['matrix', '--baseline', '2', '--cell', cells[0]!.id], { env })
  expect(alone.stdout).toContain('Nothing could be judged, as something was asked that is not recorded')
  expect(alone.stdout).not.toContain('Nothing bad')
})
