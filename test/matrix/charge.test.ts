import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import type { Ran } from '../support/project.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const billing = (headers: string, retryable: string): string => `
export async function charge(amount) {
  const key = crypto.randomUUID()
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(process.env.GATEWAY + '/v1/charges', {
        method: 'POST', body: JSON.stringify({ amount }), headers: { ${headers} }, signal: AbortSignal.timeout(6000) })
      if (!response.ok) throw Object.assign(new Error('the gateway answered ' + response.status), { status: response.status })
      const { id } = await response.json()
      if (typeof id !== 'string') throw new Error('the gateway gave no id')
      return id
    } catch (error) {
      if (attempt === 3 || !(${retryable})) throw error
    }
  }
}`

const test = `import { expect, test } from 'vitest'
import { charge } from './src/billing.mjs'
test('a card is charged', async () => { expect(await charge(1000)).toMatch(/^ch_/) })`

const files = (source: string): Record<string, string> => ({ 'src/billing.mjs': source, 'billing.test.mjs': test })
const transient = 'error.status === 503 || error.name === "TypeError" || error.name === "TimeoutError"'

describe.concurrent('a retry', () => {
  it('without an idempotency key charges twice when the reply is lost, and is found with its line', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({ after, boundaries: '', files: files(billing('', transient)) })
    const { ran, document, verdicts } = await runMatrix(made)
    expect(ran.code).toBe(1)
    expect(verdicts('POST /v1/charges')).toMatchObject({
      'reply lost': 'duplicate',
      'no answer': 'duplicate',
      'reset before': 'handled',
      '503': 'handled',
      '503 always': 'degraded',
      '200 html': 'noticed',
    })
    const [finding] = document.findings
    expect(finding).toMatchObject({ verdict: 'duplicate', oracle: 'O1', site: 'src/billing.mjs:6' })
    expect(finding?.sentence).toBe(
      '`POST /v1/charges` was done, and its reply was lost → POST /v1/charges at gateway took place twice instead of once (src/billing.mjs:6)',
    )
    expect(finding?.clean).toHaveLength(1)
    expect(finding?.faulted.map(({ struck }) => struck)).toEqual([true, undefined])
    expect(document.cells.find(({ id }) => id === finding?.cells[0])?.confirmed).toBe(true)
    const page = made.read('.mortar/matrix.html')
    expect(page).toContain('took place twice instead of once')
    const again = await runMatrix(made, '--cell', finding!.cells[0]!)
    expect(again.document.findings).toMatchObject([{ verdict: 'duplicate' }])
    expect(again.document.cells).toHaveLength(1)
  })

  it('is not looked for by running tests where the id of its cell is known to be wrong', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({ after, boundaries: '', files: files(billing('', transient)) })
    const seek = (id: string): Promise<Ran> => made.mortar(['matrix', '--baseline', '1', '--cell', id])
    const before = await seek('0123456789')
    expect(before).toMatchObject({ code: 2, stdout: '' })
    expect(before.stderr).toContain('mortar: no matrix has been kept here; the tests are run to see')
    expect(before.stderr).toContain('MORTAR_USAGE  there is no cell `0123456789`')
    await runMatrix(made)
    const { cells, findings } = JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
    const { id } = cells.at(-1)!
    const slip = `${id.slice(0, 9)}${id.endsWith('0') ? '1' : '0'}`
    expect((await seek(slip)).stderr).toBe(`MORTAR_USAGE  there is no cell \`${slip}\`\n→ Did you mean \`${id}\`?\n`)
    const [refused, odd] = await Promise.all([seek('0123456789'), seek('reply lost')])
    for (const ran of [refused, odd]) {
      expect(ran.code).toBe(2)
      expect(ran.stderr).toMatch(/^MORTAR_USAGE {2}there is no cell/)
      expect(ran.stderr).toContain(`findings at \`${findings[0]!.cells[0]}\``)
    }
    made.write('later.test.mjs', test)
    expect((await seek('0123456789')).stderr).toContain('later.test.mjs has changed since the last matrix; the tests')
  })

  it('with an idempotency key is found nothing wrong with', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: files(billing("'idempotency-key': key", transient)) })
    const { ran, document } = await runMatrix(made)
    expect(document.findings).toEqual([])
    expect(ran.code).toBe(0)
    expect(document.resilience.good).toBe(document.resilience.of)
    expect(document.resilience.of).toBeGreaterThan(6)
    expect(document.vigilance.good).toBe(document.vigilance.of)
    expect(document.vigilance.of).toBeGreaterThan(2)
  })

  it('that is allowed for now is no finding until the rule expires, and a rule that nothing needs is named', async ({
    onTestFinished: after,
  }) => {
    const rule = (until: string): string =>
      `{ operation: 'POST /v1/charges', verdict: 'duplicate', reason: 'known', until: '${until}' }`
    const config = (...rules: readonly string[]): string => `matrix: { allow: [${rules.join(', ')}] },`
    const source = files(billing('', transient))
    const idle = "{ verdict: 'crash', reason: 'was mended', until: '2099-01-01' }"
    const allowed = matrixProject({ after, boundaries: '', config: config(rule('2099-01-01'), idle), files: source })
    const first = await runMatrix(allowed)
    expect([first.ran.code, first.document.findings]).toEqual([0, []])
    expect(first.verdicts('POST /v1/charges')).toMatchObject({ 'reply lost': 'allowed', 'reset before': 'handled' })
    expect(first.document.unusedRules).toMatchObject([{ reason: 'was mended' }])
    const expired = matrixProject({ after, boundaries: '', config: config(rule('2020-01-01'), idle), files: source })
    const second = await runMatrix(expired, '--fault', 'reply lost')
    expect(second.ran.code).toBe(1)
    // Nothing is said of rules by a run that did not try everything.
    expect(second.document.unusedRules).toEqual([])
    expect(second.document).toMatchObject({ findings: [{ verdict: 'duplicate' }], expiredRules: [{ reason: 'known' }] })
  })
})
