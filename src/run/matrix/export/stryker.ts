import { faultOf } from '../../../matrix/catalogue.ts'
import { isBad, type Verdict } from '../../../matrix/verdict.ts'
import type { CellDocument, MatrixDocument } from '../document.ts'
import type { ExchangeDocument } from '../exchange-document.ts'
import { faultedAnswer } from '../faulted-answer.ts'
import { jsonRange, type TextRange } from './json-lines.ts'

/** A mutant of the report: a fault at one kind of exchange, in one test. */
interface Mutant {
  readonly id: string
  readonly mutatorName: string
  readonly replacement?: string
  readonly description: string
  readonly location: TextRange
  readonly status: 'Killed' | 'Survived' | 'NoCoverage' | 'Ignored'
  readonly statusReason: string
  readonly coveredBy: readonly string[]
  readonly killedBy?: readonly string[]
  readonly duration: number
}

/**
 * The matrix as a report of mutation-testing-report-schema 2: each kind of exchange is a file, what was answered is its
 * source, and faults are mutants of it. What is bad has survived, also what hangs: a mutant that times out would count
 * as detected.
 *
 * @param version - Of this package.
 */
export async function toStryker(document: MatrixDocument, version: string): Promise<object> {
  const { cells, exchanges } = document
  const tests = new Map<string, string>()
  const testId = ({ test }: CellDocument): string => {
    const key = `${test.file}\0${test.name}`
    if (!tests.has(key)) tests.set(key, String(tests.size + 1))
    return tests.get(key)!
  }
  const files: Record<string, { language: string; source: string; mutants: Mutant[] }> = {}
  const groups = Map.groupBy(
    cells,
    ({ boundary, operation, exchange }) => `${boundary}\0${operation}\0${exchange ?? ''}`,
  )
  for (const group of groups.values()) {
    const [cell] = group as [CellDocument, ...CellDocument[]]
    const exchange = cell.exchange === undefined ? undefined : exchanges[cell.exchange]
    const source = sourceOf(exchange)
    const mutants = await Promise.all(group.map((each) => mutantOf(each, exchange, source, testId(each))))
    files[nameOf(cell, exchange, files)] = { language: 'json', source, mutants }
  }
  return {
    $schema: 'http://stryker-mutator.io/report.schema.json',
    schemaVersion: '2',
    thresholds: { high: 80, low: 60 },
    framework: { name: 'mortar matrix', version },
    files,
    testFiles: testFilesOf(cells, testId),
  }
}

function testFilesOf(cells: readonly CellDocument[], testId: (cell: CellDocument) => string): object {
  const byFile = Map.groupBy(cells, ({ test }) => test.file || '(the command)')
  return Object.fromEntries(
    [...byFile].map(([file, some]) => {
      const named = new Map(some.map((cell) => [testId(cell), cell.test.name]))
      return [file, { tests: [...named].map(([id, name]) => ({ id, name })) }]
    }),
  )
}

/** Slashes make folders: those of the boundary, and of the path. */
function nameOf({ boundary, operation }: CellDocument, exchange: ExchangeDocument | undefined, taken: object): string {
  const [, method, path] = /^([A-Z]+) \/(.*)$/.exec(operation) ?? []
  const status = /^\d{3}/.exec(exchange?.answered.head ?? '')?.[0]
  const words = [method === undefined ? operation : `${path} ${method}`.trim(), status].filter(Boolean).join(' ')
  const name = `${boundary}/${words}`
  for (let i = 1; ; i++) {
    const free = i === 1 ? name : `${name} (${i})`
    if (!Object.hasOwn(taken, free)) return free
  }
}

const nothingKnown = 'what was answered is not known'

/** The status line, or what a server said it had done, and below it the body. */
function sourceOf(exchange: ExchangeDocument | undefined): string {
  const { head = nothingKnown, body = '' } = exchange?.answered ?? {}
  return body === '' ? head : `${head}\n${body}`
}

async function mutantOf(
  cell: CellDocument,
  exchange: ExchangeDocument | undefined,
  source: string,
  test: string,
): Promise<Mutant> {
  const { id, fault, verdict, oracle, what, durationMs } = cell
  const known = faultOf(cell)
  const status = statusOf(verdict)
  const gotten = known && exchange && (await faultedAnswer(cell, known, exchange))
  const replacement =
    gotten && [gotten.answered?.head ?? '(nothing comes)', gotten.answered?.body].filter(Boolean).join('\n')
  return {
    id,
    mutatorName: fault,
    ...(replacement !== undefined && { replacement }),
    description: known?.said ?? fault,
    location: locationOf(cell, source),
    status,
    statusReason: [verdict, oracle && ` (${oracle})`, what && `: ${what}`].join(''),
    coveredBy: [test],
    ...(status === 'Killed' && { killedBy: [test] }),
    duration: Math.round(durationMs),
  }
}

function statusOf(verdict: Verdict): Mutant['status'] {
  if (isBad(verdict)) return 'Survived'
  switch (verdict) {
    case 'handled':
    case 'degraded':
    case 'noticed':
      return 'Killed'
    case 'unreachable':
      return 'NoCoverage'
    default:
      return 'Ignored'
  }
}

/** A field where one is changed, else the first line: all of the answer. */
function locationOf({ detail }: CellDocument, source: string): TextRange {
  const [head = ''] = source.split('\n', 1)
  const whole = { start: { line: 1, column: 1 }, end: { line: 1, column: head.length + 1 } }
  const [pointer] = detail?.pointers ?? []
  const found = pointer === undefined ? undefined : jsonRange(source.slice(head.length + 1), pointer)
  if (!found) return whole
  const below = ({ line, column }: TextRange['start']): TextRange['start'] => ({ line: line + 1, column })
  return { start: below(found.start), end: below(found.end) }
}
