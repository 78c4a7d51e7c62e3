import { describe, expect, it } from 'vitest'
import type { Summary } from '../../src/run/summary/types.ts'
import { type Project, project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

const suiteAt = (origin: string): string => `import { test } from 'vitest'
const post = async (path) => (await fetch('${origin}' + path, { method: 'POST', body: '{}' })).text()
test('charges twice', async () => { await post('/charges'); await post('/charges') })
test('orders twice', async () => { await post('/orders'); await post('/orders') })`

type After = (close: () => Promise<void> | void) => void

/** A project whose tests each send again what was answered by 503. */
async function shop(after: After, findings: string): Promise<Project> {
  const service = await upstream((_request, response) => void response.writeHead(503).end(), { after })
  return project({
    after,
    installed: true,
    packages: ['vitest'],
    config: `import { http } from 'mortar'
export default { test: 'vitest run', findings: ${findings},
  boundaries: { shop: http({ origin: '${service.origin}', record: 'live' }) } }`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { testTimeout: 30_000 } }`,
      'suite.test.mjs': suiteAt(service.origin),
    },
  })
}

async function check(made: Project): Promise<{ readonly code: number | null; readonly summary: Summary }> {
  const { code, stdout, stderr } = await made.mortar(['check', '--json'])
  if (!stdout.startsWith('{')) throw new Error(stdout + stderr)
  return { code, summary: JSON.parse(stdout) as Summary }
}

const titlesOf = ({ findings }: Summary, code: string): string[] =>
  findings.filter((finding) => finding.code === code).map(({ title }) => title)

const again = 'repeated-effect'

describe.concurrent('rules for what the timeline shows', () => {
  it('are none to begin with: findings are told of and fail nothing', async ({ onTestFinished: after }) => {
    const { code, summary } = await check(await shop(after, '{}'))
    expect(titlesOf(summary, again)).toHaveLength(2)
    expect({ code, reasons: summary.verdict.reasons, ignored: summary.ignored }).toEqual({
      code: 0,
      reasons: [],
      ignored: [],
    })
  })

  it.for([
    ['everything of a code', '', 0, 2],
    ['a boundary', "boundary: 'shop',", 0, 2],
    ['an operation', "operation: 'POST /charges',", 1, 1],
    ['operations by a star', "operation: 'POST *',", 0, 2],
    ['a test by its name', "test: 'orders twice',", 1, 1],
    ['tests by their file', "test: 'suite.test.mjs',", 0, 2],
    ['nothing that is so', "operation: 'GET *',", 2, 0],
  ] as const)('ignore %s and count what was ignored', async ([, which, left, count], { onTestFinished: after }) => {
    const made = await shop(after, `{ ignore: [{ code: '${again}', ${which} reason: 'the shop is being mended' }] }`)
    const { summary } = await check(made)
    expect(titlesOf(summary, again)).toHaveLength(left)
    expect(summary.ignored).toMatchObject(
      count === 0 ? [] : [{ code: again, reason: 'the shop is being mended', count }],
    )
  })

  it('show what they ignore in the terminal and the report, and keep it out of `mortar timeline`', async ({
    onTestFinished: after,
  }) => {
    const made = await shop(after, `{ ignore: [{ code: '${again}', reason: 'being mended', until: '2999-12-31' }] }`)
    const { stdout } = await made.mortar(['check'])
    expect(stdout).toContain(`2 findings ignored\n  2 × ${again}, until 2999-12-31: being mended`)
    expect(made.read('.mortar/report.html')).toContain('"reason":"being mended"')
    expect((await made.mortar(['timeline', '--test', 'charges'])).stdout).not.toContain(again)
  })

  it('hold until their day is over, and are told of then', async ({ onTestFinished: after }) => {
    const rule = (until: string, more: string): string =>
      `{ code: '${again}', reason: 'being mended', until: '${until}', ${more} }`
    const today = new Date().toISOString().slice(0, 10)
    const made = await shop(
      after,
      `{ ignore: [${rule('2020-02-29', "operation: 'POST /charges'")}, ${rule('2020-01-01', "operation: 'GET *'")},
        ${rule(today, "operation: 'POST /orders'")}] }`,
    )
    const { code, summary } = await check(made)
    expect(code).toBe(0)
    expect(titlesOf(summary, again)).toEqual([expect.stringContaining('POST /charges')])
    expect(summary.ignored).toMatchObject([{ operation: 'POST /orders', until: today, count: 1 }])
    expect(summary.findings.filter((finding) => finding.code === 'MORTAR_RULE_EXPIRED')).toMatchObject([
      {
        severity: 'warning',
        title: `${again} of POST /charges was to be ignored until 2020-02-29: being mended`,
        detail: '1 finding of this run would be ignored.',
      },
      { detail: 'It would apply to nothing in this run.' },
    ])
  })

  it('fail the check for the codes they name, unless a rule ignores what was found', async ({
    onTestFinished: after,
  }) => {
    const made = await shop(after, `{ fail: ['${again}', 'n-plus-one'] }`)
    const { code, summary } = await check(made)
    expect(code).toBe(1)
    expect(summary.verdict.reasons).toEqual([`2 findings of ${again}`])
    expect(summary.findings[0]).toMatchObject({ code: again, severity: 'error' })
    expect((await made.mortar(['run', '--', 'npx', 'vitest', 'run'])).code).toBe(0)
    const ignoring = await shop(after, `{ fail: ['${again}'], ignore: [{ code: '${again}', reason: 'being mended' }] }`)
    expect(await check(ignoring)).toMatchObject({ code: 0, summary: { verdict: { reasons: [] } } })
  })

  it.for([
    ["{ fail: ['n-plus-on'] }", '`findings.fail[0]` names no finding', 'Did you mean `n-plus-one`?'],
    ["{ ignore: [{ code: 'slow-statment', reason: 'x' }] }", '`findings.ignore[0].code`', 'mean `slow-statement`?'],
    ["{ ignore: [{ code: 'n-plus-one' }] }", '`findings.ignore[0].reason` is missing', 'why it is to be ignored'],
    ["{ ignore: [{ reason: 'x' }] }", '`findings.ignore[0].code` is missing', 'the code of a finding'],
    ["{ ignore: [{ code: 'n-plus-one', reason: 'x', boundary: 'shpo' }] }", 'names no boundary', 'mean `shop`?'],
    [
      "{ ignore: [{ code: 'n-plus-one', reason: 'x', untill: '2026-01-01' }] }",
      'MORTAR_CONFIG_UNKNOWN_KEY',
      '`until`?',
    ],
    ["{ ignore: [{ code: 'n-plus-one', reason: 'x', until: '2026-02-30' }] }", '].until` is not valid', '2026-02-30'],
    ["{ ignore: ['n-plus-one'] }", 'findings.ignore[0] must be an object', 'n-plus-one'] as const,
    ["{ ignore: 'n-plus-one' }", '`findings.ignore` is not valid', 'a list of rules'],
  ] as const)('that are wrong are refused: %s', async ([findings, what, hint], { onTestFinished: after }) => {
    const { code, stderr } = await (await shop(after, findings)).mortar(['check'])
    expect(code).toBe(3)
    expect(stderr).toContain(what)
    expect(stderr).toContain(hint)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
