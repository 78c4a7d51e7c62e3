import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeCell } from '../../src/matrix/cell.ts'
import { badVerdicts, type Verdict } from '../../src/matrix/verdict.ts'
import type { FindingDocument, MatrixDocument } from '../../src/run/matrix/document.ts'
import { toGithub } from '../../src/run/matrix/export/github.ts'
import { toStryker } from '../../src/run/matrix/export/stryker.ts'
import { optionalPackage } from '../support/optional-package.ts'
import { repository } from '../support/project.ts'
import { sarifShape } from '../support/sarif-shape.ts'
import { matrixProject } from './matrix-project.ts'

const Ajv = optionalPackage('ajv')
const Ajv2020 = optionalPackage('ajv/dist/2020.js')
const report = optionalPackage('mutation-testing-report-schema/mutation-testing-report-schema.json')

interface Schema {
  readonly properties?: Record<string, Schema>
  readonly $defs?: Record<string, Schema>
  readonly items?: Schema
  readonly enum?: readonly string[]
}

const published = JSON.parse(readFileSync(join(repository, 'schema/matrix.schema.json'), 'utf8')) as Schema

/** The published schema allows what it does not know; here, everything must be in it. */
function closed(schema: Schema): object {
  const each = (some: Record<string, Schema> = {}): object =>
    Object.fromEntries(Object.entries(some).map(([name, one]) => [name, typeof one === 'object' ? closed(one) : one]))
  return {
    ...schema,
    ...(schema.properties && { properties: each(schema.properties), additionalProperties: false }),
    ...(schema.items && { items: closed(schema.items) }),
    ...(schema.$defs && { $defs: each(schema.$defs) }),
  }
}

type Validator = new (options: object) => {
  validate(schema: object, value: unknown): boolean
  readonly errors: unknown
}

/** A file of the report for viewers of mutants. */
interface StrykerFile {
  readonly source: string
  readonly mutants: readonly { readonly status: string; readonly location: unknown }[]
}

/** What does not fit; empty when all does. */
function complaints(Validator: Validator, schema: object, value: unknown): unknown {
  const ajv = new Validator({ strict: false, allErrors: true, validateFormats: false })
  return ajv.validate(schema, value) ? [] : ajv.errors
}

const billing = `
export async function charge(amount) {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(process.env.GATEWAY + '/v1/charges', { method: 'POST', body: JSON.stringify({ amount }) })
      return (await response.json()).id
    } catch (error) {
      if (attempt === 2) throw error
    }
  }
}`
const charging = `import { expect, test } from 'vitest'
import { charge } from './src/billing.mjs'
test('a card, 100 %: charged', async () => { expect(await charge(1000)).toMatch(/^ch_/) })`

describe.skipIf(!Ajv || !Ajv2020 || !report)('a matrix', () => {
  it('is told to other tools in their own formats, and its document is as its schema says', async ({
    onTestFinished: after,
  }) => {
    const files = { 'shop/.keep': '', 'src/billing.mjs': billing, 'billing.test.mjs': charging }
    const made = matrixProject({ after, boundaries: '', files })
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
        cwd: made.directory,
        stdio: 'ignore',
      })
    git('init', '-b', 'main')
    git('add', 'src')
    git('commit', '-m', 'before')
    git('update-ref', 'refs/remotes/origin/main', 'main')
    const options = [
      '--sarif',
      'out.sarif',
      '--stryker',
      'out/stryker.json',
      '--baseline',
      '2',
      '--fault',
      'reply lost',
    ]
    const ran = await made.mortar(['matrix', '--json', ...options], {
      env: { GITHUB_ACTIONS: 'true', GITHUB_BASE_REF: 'main' },
    })
    expect(ran.code, ran.stderr).toBe(1)

    const kept = JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
    for (const document of [JSON.parse(ran.stdout), kept])
      expect(complaints(Ajv2020.default, closed(published), document)).toEqual([])
    expect(complaints(Ajv2020.default, closed(published), { ...kept, findings: [{}] })).not.toEqual([])

    const sarif = JSON.parse(made.read('out.sarif'))
    expect(complaints(Ajv2020.default, sarifShape, sarif)).toEqual([])
    expect(complaints(Ajv2020.default, sarifShape, { ...sarif, version: '2.0.0' })).not.toEqual([])
    const { runs } = sarif
    expect(runs[0].tool.driver.rules[runs[0].results[0].ruleIndex].id).toBe('O1')
    expect(runs[0].results).toMatchObject([
      {
        ruleId: 'O1',
        level: 'error',
        message: { text: expect.stringContaining('took place twice') },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'src/billing.mjs' }, region: { startLine: 5 } } }],
        relatedLocations: [
          { physicalLocation: { artifactLocation: { uri: 'billing.test.mjs' }, region: { startLine: 3 } } },
        ],
        partialFingerprints: { 'mortarCause/v1': expect.stringMatching(/^[\da-f]{64}$/) },
      },
    ])
    expect(ran.stderr).toContain('::error file=src/billing.mjs,line=5,title=duplicate (O1)::`POST /v1/charges`')

    const stryker = JSON.parse(made.read('out/stryker.json'))
    expect(complaints(Ajv.default, report, stryker)).toEqual([])
    const [[name, file], ...others] = Object.entries(stryker.files) as [[string, StrykerFile]]
    expect([name, others]).toEqual(['gateway/v1/charges POST 201', []])
    expect(file.source).toBe('201 Created\n{\n  "id": "ch_1"\n}'.replace('ch_1', /ch_\d+/.exec(file.source)![0]))
    expect(file.mutants).toMatchObject([
      {
        mutatorName: 'reply lost',
        status: 'Survived',
        location: { start: { line: 1, column: 1 }, end: { line: 1, column: 12 } },
        coveredBy: ['1'],
      },
    ])
    expect(stryker.testFiles).toEqual({ 'billing.test.mjs': { tests: [{ id: '1', name: 'a card, 100 %: charged' }] } })

    // What was accepted is suppressed; a call that stands on a changed line goes before one that does not.
    writeFileSync(join(made.directory, 'src/billing.mjs'), `// one line more\n${billing}`)
    await made.mortar(['matrix', '--accept', ...options])
    const accepted = JSON.parse(made.read('out.sarif'))
    expect(complaints(Ajv2020.default, sarifShape, accepted)).toEqual([])
    expect(accepted.runs[0].results).toMatchObject([{ suppressions: [{ kind: 'external', status: 'accepted' }] }])
    const checked = await made.mortar(['check', '--matrix', '60s'], { env: { GITHUB_ACTIONS: 'true' } })
    expect(checked.stderr).toContain('::notice file=src/billing.mjs,line=6,title=duplicate (O1)%2C accepted::')
  })

  it('has every verdict in its schema, those that are bad by their harm', () => {
    const all: Record<Verdict, true> = {
      handled: true,
      degraded: true,
      noticed: true,
      duplicate: true,
      'false-success': true,
      inconsistent: true,
      hang: true,
      'retry-storm': true,
      poisoned: true,
      crash: true,
      'unrelated-error': true,
      leak: true,
      unnoticed: true,
      suspected: true,
      flaky: true,
      unreachable: true,
      'not-applicable': true,
      allowed: true,
    }
    expect(published.$defs?.['verdict']?.enum?.toSorted()).toEqual(Object.keys(all).toSorted())
    expect(published.$defs?.['badVerdict']?.enum).toEqual(badVerdicts)
  })
})

const test = { file: 'shop.test.ts', name: 'pays' }
const about = { boundary: 'pay', protocol: 'http', operation: 'POST /charges', nth: 1 } as const
const judged = { oracle: '', what: '', evidence: [], durationMs: 1, exchange: 'e' } as const

describe('the report for viewers of mutants', () => {
  it.skipIf(!Ajv || !report)(
    'lets what is bad survive, also what hangs, and draws fields where they stand',
    async () => {
      const cell = (fault: string, verdict: 'hang' | 'handled' | 'unreachable' | 'flaky', pointer?: string) => ({
        ...makeCell({
          test,
          ...about,
          fault,
          family: 'error',
          ...(pointer !== undefined && { detail: { pointers: [pointer] } }),
        }),
        ...judged,
        verdict,
      })
      const cells = [
        cell('no answer', 'hang'),
        cell('503', 'handled'),
        cell('404', 'unreachable'),
        cell('field absent', 'flaky', '/card/last4'),
      ]
      const body = JSON.stringify({ id: 'ch_1', card: { last4: '4242' } }, undefined, 2)
      const side = { head: '201 Created', headers: [], body, bytes: 40 }
      const exchanges = {
        e: { ...about, test, asked: { ...side, head: 'POST https://pay/charges', body: '' }, answered: side },
      }
      const shown = (await toStryker({ cells, exchanges } as unknown as MatrixDocument, '1.0.0')) as {
        files: Record<string, StrykerFile>
      }
      expect(complaints(Ajv.default, report, shown)).toEqual([])
      const { mutants } = shown.files['pay/charges POST 201']!
      expect(mutants.map(({ status }) => status)).toEqual(['Survived', 'Killed', 'NoCoverage', 'Ignored'])
      expect(mutants[1]).toMatchObject({ killedBy: ['1'], replacement: expect.stringMatching(/^503/) })
      expect(mutants[3]?.location).toEqual({ start: { line: 5, column: 5 }, end: { line: 5, column: 20 } })
    },
  )
})

it('annotations cannot break out of their line', () => {
  const finding = {
    ...about,
    verdict: 'hang',
    oracle: 'O4',
    harm: 'noise',
    sentence: '100 %\n::error::x',
    expected: 'a, b: c',
    reproduce: 'mortar',
  }
  const places = { of: () => [{ file: 'a,b:c.ts', line: 3 }] as const }
  const [line, ...others] = toGithub(
    { findings: [finding as unknown as FindingDocument] } as unknown as MatrixDocument,
    places,
  )
  expect([line, others]).toEqual([
    '::warning file=a%2Cb%3Ac.ts,line=3,title=hang (O4)::100 %25%0A::error::x%0AGood code would a, b: c.%0Amortar',
    [],
  ])
})
