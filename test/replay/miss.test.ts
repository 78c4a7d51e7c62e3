import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MortarError } from '../../src/core/errors.ts'
import type { TestRef } from '../../src/core/exchange.ts'
import { runInSession } from '../../src/run/current-session.ts'
import { attachInProcess } from '../../src/run/in-process-door.ts'
import { openRun } from '../../src/run/open-run.ts'
import { openSession } from '../../src/run/session.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** What a test can change of the config between recording and replaying. */
interface Settings {
  readonly boundary?: object
  readonly redact?: string
}

const own: TestRef = { file: 'test/orders.test.ts', name: 'orders > are listed' }
const other: TestRef = { file: 'test/cart.test.ts', name: 'fills the cart' }

let service: ReturnType<typeof createServer>
let origin: string
let folder: string

beforeEach(async () => {
  service = createServer((request, response) => void request.resume().on('end', () => response.end('answer')))
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  folder = temporaryFolder()
})

afterEach(() => {
  service.closeAllConnections()
  service.close()
})

/** Does `work` as one test and gives the first thing that went wrong. */
async function runTest(
  mode: 'new' | 'none',
  test: TestRef,
  work: () => Promise<unknown>,
  { boundary, redact = '{}' }: Settings = {},
): Promise<MortarError | undefined> {
  // Each load has a name of its own, because a module is loaded only once.
  const file = join(folder, `mortar-${Math.random().toString(36).slice(2)}.config.mjs`)
  const shop = { protocol: 'http', origin, ...boundary }
  writeFileSync(file, `export default { boundaries: { shop: ${JSON.stringify(shop)} }, redact: ${redact} }`)
  const run = await openRun({ directory: folder, command: 'test', env: { MORTAR_CONFIG: file, MORTAR_RECORD: mode } })
  const detach = attachInProcess(run)
  const session = openSession(run, test)
  try {
    await runInSession(session, work).catch(() => undefined)
    return session.failures[0]
  } finally {
    session.close({ passed: true })
    detach()
    run.close()
  }
}

async function get(path: string): Promise<void> {
  await (await fetch(`${origin}${path}`)).text()
}

async function post(path: string, body: unknown): Promise<void> {
  await (await fetch(`${origin}${path}`, { method: 'POST', body: JSON.stringify(body) })).text()
}

function causeOf(error: MortarError | undefined): string | undefined {
  expect(error).toMatchObject({ code: 'MORTAR_MISS' })
  return /^Cause: (.*)$/m.exec(error!.message)?.[1]
}

describe('a miss names first', () => {
  it('that the recording is already consumed', async () => {
    await runTest('new', own, () => get('/orders'))
    const miss = await runTest('none', own, () => get('/orders').then(() => get('/orders')))
    expect(causeOf(miss)).toMatch(/^already consumed\. \S+\.json has 1 recording of this request/)
    expect(miss!.hint).toContain('MORTAR_RECORD=new')
  })

  it('that the recording is for another test', async () => {
    await runTest('new', own, () => get('/orders?page=2'))
    await runTest('new', other, () => get('/orders'))
    const miss = await runTest('none', own, () => get('/orders'))
    expect(causeOf(miss)).toMatch(/^recorded for another test\. Only test "fills the cart" in test\/cart\.test\.ts/)
  })

  it('that the recording has expired', async () => {
    const boundary = { refreshEvery: '7d', stale: 'fail' }
    await runTest('new', own, () => get('/orders'), { boundary })
    for (const file of globSync(join(folder, 'cassettes/**/*.json'))) {
      const text = readFileSync(file, 'utf8')
      const week = new Date(Date.now() - 8 * 86_400_000).toISOString()
      writeFileSync(file, text.replaceAll(/"at": "[^"]+"/g, `"at": "${week}"`))
    }
    const miss = await runTest('none', own, () => get('/orders'), { boundary })
    expect(causeOf(miss)).toMatch(/^expired\. \S+\.json has this request, but recorded on \d{4}-\d\d-\d\d/)
    expect(miss!.hint).toContain('MORTAR_RECORD=all')
  })

  it('that a secret was redacted by another rule', async () => {
    const work = (): Promise<void> => post('/orders', { customer: 'C-12345678', item: 1 })
    await runTest('new', own, work, { redact: '{ patterns: { customer: /C-[0-9]{8}/ } }' })
    const miss = await runTest('none', own, work, { redact: '{ patterns: { buyer: /C-[0-9]{8}/ } }' })
    expect(causeOf(miss)).toMatch(
      /^redacted differently\. The request is recorded, but body\.customer is \{\{buyer:\w+\}\} here and \{\{customer:\w+\}\}/,
    )
  })

  it('that a field differs, and the option that would let it', async () => {
    await runTest('new', own, () => post('/orders?ts=1763600000', { item: 1 }))
    const miss = await runTest('none', own, () => post('/orders?ts=1763683200', { item: 1 }))
    expect(causeOf(miss)).toBe('differs in query.ts from the closest recording.')
    expect(miss!.message).toMatch(/^ +query\.ts +1763683200 +1763600000$/m)
    expect(miss!.hint).toContain("match: { ignore: ['query.ts'] }")
    const boundary = { match: { ignore: ['query.ts'] } }
    expect(await runTest('none', own, () => post('/orders?ts=1763683200', { item: 1 }), { boundary })).toBeUndefined()
  })

  it('that nothing like it is recorded', async () => {
    await runTest('new', own, () => get('/orders'))
    const miss = await runTest('none', own, () => post('/customers', { name: 'Ada' }))
    expect(causeOf(miss)).toMatch(/^nothing recorded\. There is no recording of POST \/customers/)
  })
})
