import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import type { Project } from '../support/project.ts'
import { matrixProject } from './matrix-project.ts'

/** One module with all that the program does; TypeScript, as its lines and texts count as they are written. */
const shop = `const patienceMs = 5000
interface Gateway { ask(path: string, init?: RequestInit): Promise<unknown> }
let gateway: Gateway | undefined
export function unused(): string {
  return 'nobody asks'
}
function open(): Gateway {
  const base = process.env.GATEWAY
  return { ask: async (path, init) => {
    const response = await fetch(base + path, { ...init, signal: AbortSignal.timeout(patienceMs) })
    if (!response.ok) throw refused(response.status)
    return response.json()
  } }
}
function refused(status: number): Error {
  return new Error('the gateway says ' + status)
}
export const pay = async (): Promise<unknown> => {
  gateway ??= open()
  return gateway.ask('/v1/charges', { method: 'POST' }).catch(again)
}
async function again(): Promise<unknown> {
  return gateway!.ask('/v1/charges', { method: 'POST' })
}
export async function rates(): Promise<unknown> {
  gateway ??= open()
  return gateway.ask('/v1/rates')
}
`

const tests = `import { expect, test } from 'vitest'
import { pay, rates } from './shop.ts'
test('pays', async () => { expect(await pay()).toHaveProperty('id') })
test('rates', async () => { expect(await rates()).toHaveProperty('currency') })
`

/** Needs nothing of the shop. */
const other = `import { expect, test } from 'vitest'
test('asks', async () => { expect((await fetch(process.env.GATEWAY + '/v1/rates')).status).toBe(200) })
`

const setup = `import { appendFileSync } from 'node:fs'
export function setup() { appendFileSync('started.log', 'once\\n') }
`

function madeShop(after: (close: () => void) => void): Project {
  const made = matrixProject({
    after,
    boundaries: '',
    files: { 'package-lock.json': '{}', 'shop.ts': shop, 'shop.test.ts': tests, 'started.mjs': setup },
  })
  made.write(
    'vitest.config.mjs',
    made.read('vitest.config.mjs').replace(`'./gateway.mjs'`, `'./gateway.mjs', './started.mjs'`),
  )
  return made
}

/** How often vitest was started since this was asked last. */
function starts({ directory }: Project): number {
  const file = join(directory, 'started.log')
  const count = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0
  rmSync(file, { force: true })
  return count
}

async function matrix(made: Project, ...args: readonly string[]): Promise<MatrixDocument> {
  const { stdout, stderr } = await made.mortar(['matrix', '--baseline', '2', '--json', ...args])
  expect(stdout, stderr).toMatch(/^\{/)
  return JSON.parse(stdout) as MatrixDocument
}

/** What was run anew, as `test: fault`. */
function anew({ cells }: MatrixDocument): readonly string[] {
  return [...new Set(cells.flatMap(({ cached, test, fault }) => (cached ? [] : [`${test.name}: ${fault}`])))].toSorted()
}

/** What a matrix says of the program. */
function said({ cells, findings, resilience, vigilance }: MatrixDocument): unknown {
  return {
    resilience,
    vigilance,
    cells: Object.fromEntries(cells.map(({ id, test, fault, verdict }) => [id, [test.name, fault, verdict]])),
    // How long something took is another time each time.
    findings: findings.map(({ sentence, ...one }) => ({
      ...pick(one),
      sentence: sentence.replaceAll(/\d+ ms/g, 'some ms'),
    })),
  }
}

function pick({ site, cells: shown }: Pick<MatrixDocument['findings'][number], 'site' | 'cells'>): object {
  return { site, shown }
}

function change(made: Project, before: string, after: string): void {
  const source = made.read('shop.ts')
  expect(source).toContain(before)
  made.write('shop.ts', source.replace(before, after))
}

describe.concurrent('what has not executed a function does not depend on it', () => {
  it('a change of one function runs what has executed it, and nothing is started when there is no such thing', async ({
    onTestFinished: after,
  }) => {
    const made = madeShop(after)
    await matrix(made)
    expect(starts(made)).toBeGreaterThan(0)
    expect(anew(await matrix(made))).toEqual([])
    expect(starts(made)).toBe(0)

    change(made, `return 'nobody asks'`, `// longer by a line\n  return 'nobody asks at all'`)
    expect(anew(await matrix(made))).toEqual([])
    expect(starts(made)).toBe(0)

    change(made, `return gateway.ask('/v1/rates')`, `return await gateway.ask('/v1/rates')`)
    const rates = anew(await matrix(made))
    expect([...new Set(rates.map((line) => line.split(':')[0]))]).toEqual(['rates'])

    change(
      made,
      'async function again(): Promise<unknown> {\n',
      'async function again(): Promise<unknown> {\n  void 0\n',
    )
    const second = anew(await matrix(made))
    expect(second).toContain('pays: reply lost')
    expect(second.filter((line) => !line.startsWith('pays'))).toEqual([])
    expect(second).not.toContain('pays: field absent')

    change(made, 'patienceMs = 5000', 'patienceMs = 6000')
    const all = anew(await matrix(made))
    expect(all.filter((line) => line.startsWith('rates'))).not.toEqual([])
    expect(all).toContain('pays: field absent')
  })

  it('where the project does not say which parser reads its modules, a change of one runs all that has loaded it', async ({
    onTestFinished: after,
  }) => {
    const made = madeShop(after)
    // It is found by the path of the command, as one that is installed for all projects would be.
    rmSync(join(made.directory, 'node_modules', 'vitest'))
    await matrix(made)
    expect((await matrix(made)).cells.every(({ cached }) => cached)).toBe(true)
    made.write('shop.ts', shop.replace('5000', '5001'))
    expect((await matrix(made)).cells.every(({ cached }) => !cached)).toBe(true)
  })

  it('a change behind what left a function runs only what came that far', async ({ onTestFinished: after }) => {
    const made = madeShop(after)
    const all = anew(await matrix(made))
    const refused = ['403', '404', '429', '500', '503', '504'].map((status) => `rates: ${status}`)
    const unanswered = ['rates: connect timeout', 'rates: redirect']
    expect(all).toEqual(expect.arrayContaining([...refused, ...unanswered, 'rates: field absent']))
    // One that came right behind the only one that had come that far is run again as well.
    const few = 2

    change(made, 'return response.json()', 'return await response.json()')
    const answered = anew(await matrix(made))
    expect(answered).toContain('rates: field absent')
    expect(answered.filter((line) => refused.includes(line)).length).toBeLessThanOrEqual(few)
    expect(answered).not.toEqual(expect.arrayContaining(unanswered))

    change(made, 'if (!response.ok)', 'if (response.status >= 400)')
    const asked = anew(await matrix(made))
    expect(asked).toEqual(expect.arrayContaining([...refused, 'rates: field absent']))
    expect(asked).not.toEqual(expect.arrayContaining(unanswered))
  })

  it('a change that is undone, and done again, runs nothing and starts nothing', async ({ onTestFinished: after }) => {
    const made = madeShop(after)
    const first = await matrix(made)
    const original = made.read('shop.ts')
    change(made, `.catch(again)`, `.catch(async (error: Error) => { throw error })`)
    const second = await matrix(made)
    const changed = made.read('shop.ts')
    expect(anew(second)).toContain('pays: reply lost')
    starts(made)
    for (let round = 1; round <= 2; round++) {
      for (const [source, shown] of [[original, first] as const, [changed, second] as const]) {
        made.write('shop.ts', source)
        const again = await matrix(made)
        expect(anew(again)).toEqual([])
        expect(said(again)).toEqual(said(shown))
      }
    }
    expect(starts(made)).toBe(0)

    // Undone, and another line changed at the same time.
    made.write('shop.ts', original)
    change(made, `return gateway.ask('/v1/rates')`, `return await gateway.ask('/v1/rates')`)
    const other = anew(await matrix(made))
    expect([...new Set(other.map((line) => line.split(':')[0]))]).toEqual(['rates'])

    // While a test fails there is nothing to plan for it.
    const whole = await matrix(made)
    change(made, `return await gateway.ask('/v1/rates')`, `return {}`)
    expect((await matrix(made)).tests.excluded.map(({ test }) => test.name)).toEqual(['rates'])
    change(made, `return {}`, `return await gateway.ask('/v1/rates')`)
    const mended = await matrix(made)
    expect(anew(mended)).toEqual([])
    expect(said(mended)).toEqual(said(whole))
  })

  it('what cannot be loaded for a while is known again once it is mended, though other tests went on', async ({
    onTestFinished: after,
  }) => {
    const made = madeShop(after)
    made.write('other.test.ts', other)
    const whole = await matrix(made)
    const original = made.read('shop.ts')
    made.write('shop.ts', `${original}const = 1\n`)
    for (let round = 1; round <= 2; round++) {
      const broken = await matrix(made)
      expect(broken.tests.excluded.map(({ test }) => test.name)).toEqual(['shop.test.ts'])
      expect(broken.cells.filter(({ cached }) => !cached)).toEqual([])
    }
    starts(made)
    made.write('shop.ts', original)
    const mended = await matrix(made)
    expect(anew(mended)).toEqual([])
    expect(starts(made)).toBe(0)
    expect(said(mended)).toEqual(said(whole))
  })

  it('of a file whose tests all fail for a while, all is known again', async ({ onTestFinished: after }) => {
    const made = madeShop(after)
    made.write('other.test.ts', other)
    const whole = await matrix(made)
    made.write('shop.test.ts', tests.replaceAll('toHaveProperty', 'not.toHaveProperty'))
    for (let round = 1; round <= 2; round++) {
      expect((await matrix(made)).tests.excluded.map(({ test }) => test.name)).toEqual(['pays', 'rates'])
    }
    made.write('shop.test.ts', tests)
    const mended = await matrix(made)
    expect(anew(mended)).toEqual([])
    expect(said(mended)).toEqual(said(whole))
  })

  it('what is known after a change is what a matrix says that knows nothing', async ({ onTestFinished: after }) => {
    const made = madeShop(after)
    await matrix(made)
    const changes = [
      // Other lines for all that follows, and a finding that is known stands on one of them.
      [`return 'nobody asks'`, `void 'a line more'\n  return 'nobody asks'`],
      // One of the things of which one run makes them for all others.
      [
        'const base = process.env.GATEWAY\n',
        `const base = process.env.GATEWAY\n  if (!base) throw new Error('where?')\n`,
      ],
      [`.catch(again)`, `.catch(async (error: Error) => { throw error })`],
      [`throw refused(response.status)`, 'return { id: response.status }'],
    ] as const
    for (const [before, now] of changes) {
      change(made, before, now)
      const known = await matrix(made)
      expect([now, said(known)]).toEqual([now, said(await matrix(made, '--no-cache'))])
      if (now.includes('a line more')) expect(anew(known)).toEqual([])
      else expect(anew(known)).not.toEqual([])
    }
  })
})
