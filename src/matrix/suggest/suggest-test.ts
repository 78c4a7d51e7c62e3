import type { JudgedCell } from '../findings.ts'
import { assertionsFor, boundaryCode } from './assertions.ts'
import { faultCode, quote } from './fault-code.ts'
import { readTest, type TestSource } from './read-test.ts'
import { nodeTestStyle, type TestStyle, vitestStyle } from './test-style.ts'

/** What is known of the file that has the test. */
export interface SuggestOptions {
  /** Source of the test's file. */
  readonly source: string
  /** Below the folder of cassettes, where what the test asks is replayed from one. */
  readonly cassette?: string
}

/**
 * A test that fails today and passes once the program is mended: what an existing test does, with the fault armed
 * before it. Where something cannot be known, a comment says what to put there.
 *
 * @returns Empty where tests cannot arm faults: those of another runner than vitest and `mortar/node-test`.
 */
export function suggestTest(judged: JudgedCell, { source, cassette }: SuggestOptions): string {
  const style = styleOf(source)
  if (!style) return ''
  const { cell, fault } = judged.shown
  const found = readTest(source, cell.test.name)
  const armed = faultCode(cell)
  // What would not be asked without it goes wrong second.
  const first = cell.after && { boundary: cell.after.boundary, code: faultCode(cell.after) }
  const { before = [], lines, usesFault, timeoutMs } = assertionsFor(judged, style)
  const runner = found?.runner ?? (isImported('it', source) ? 'it' : 'test')
  const name = cell.test.name.split(' > ').at(-1)!
  const title = `${name}, though \`${cell.operation}\` ${fault.said}`
  const imports = [
    [style.mortar, 'mortarTest'],
    ...[first?.code, armed].flatMap((code) => (code ? [['mortar/faults', code.imports] as const] : [])),
    ...style.imports(runner),
  ] as const
  const arm = armed
    ? `${usesFault ? 'const fault = ' : ''}await ${boundaryCode(cell.boundary)}.fault(${armed.call})`
    : `// Arm here what leads to this: \`${cell.operation}\` ${fault.said}.`
  const inside = [
    ...(cassette === undefined ? [] : [`mortarTest.use(${quote(cassette)})`]),
    ...before,
    ...(first?.code ? [`await ${boundaryCode(first.boundary)}.fault(${first.code.call})`] : []),
    arm,
    `// As in ${quote(name)}.`,
    `const asItIs = async () => ${found ? bodyOf(found) : `{\n  // What ${quote(name)} does.\n}`}`,
    ...lines,
  ]
  return [
    `// For ${cell.test.file}, beside ${quote(name)}.`,
    ...importLines(imports, source, style),
    '',
    style.open(runner, title, found?.parameters ?? '', timeoutMs),
    ...inside.flatMap((text) => indented(text)),
    style.close(timeoutMs),
    '',
  ].join('\n')
}

/** What the file does not import yet, a line for each module. */
function importLines(
  all: readonly (readonly [from: string, name: string])[],
  source: string,
  style: TestStyle,
): readonly string[] {
  const missing = all.filter(([, name]) => !isImported(name, source))
  return [...Map.groupBy(missing, ([from]) => from)].map(([from, some]) =>
    style.importLine([...new Set(some.map(([, name]) => name))], from),
  )
}

/** How the tests of a file are written. Without an import of its own, a file has the globals of vitest. */
function styleOf(source: string): TestStyle | undefined {
  if (/from ['"]mortar\/node-test['"]/.test(source)) return nodeTestStyle
  return /from ['"](?:node:test|@jest\/globals|bun:test|@playwright\/test)['"]/.test(source) ? undefined : vitestStyle
}

function bodyOf({ body }: TestSource): string {
  return body.startsWith('{') ? body : `{ await (${body}) }`
}

/** The body of a test keeps how it is laid out. */
function indented(text: string): readonly string[] {
  const lines = text.split('\n')
  const rest = lines.slice(1).filter((line) => line.trim() !== '')
  const common = Math.min(...rest.map((line) => /^ */.exec(line)![0].length))
  return lines.map((line, i) => (line.trim() === '' ? '' : `  ${i === 0 ? line : line.slice(common)}`))
}

function isImported(name: string, source: string): boolean {
  const statements = source.match(/^\s*import\b[^;'"]*\bfrom\b/gm) ?? []
  return statements.some((statement) => new RegExp(`\\b${name}\\b`).test(statement))
}
