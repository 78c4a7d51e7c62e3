import type { JudgedCell } from '../findings.ts'
import { assertionsFor, boundaryCode } from './assertions.ts'
import { faultCode, quote } from './fault-code.ts'
import { readTest } from './read-test.ts'

/** What is known of the file that has the test. */
export interface SuggestOptions {
  /** Source of the test's file. */
  readonly source: string
  /** Below the folder of cassettes, where what the test asks is replayed from one. */
  readonly cassette?: string
}

/**
 * A test for vitest that fails today and passes once the program is mended: what an existing test does, with the fault
 * armed before it. Where something cannot be known, a comment says what to put there.
 */
export function suggestTest(judged: JudgedCell, { source, cassette }: SuggestOptions): string {
  const { shown } = judged
  const { cell, fault } = shown
  const found = readTest(source, cell.test.name)
  const armed = faultCode(cell)
  const { before, lines, usesFault, timeoutMs } = assertionsFor(judged)
  const runner = found?.runner ?? (/\bimport\b[^;]*\bit\b[^;]*from ['"]vitest['"]/.test(source) ? 'it' : 'test')
  const title = cell.test.name.split(' > ').at(-1)!
  const imports = [
    ['mortarTest', 'mortar/vitest'],
    ...(armed ? [[armed.imports, 'mortar/faults']] : []),
    ['expect', 'vitest'],
    [runner, 'vitest'],
  ] as const
  const arm = armed
    ? `${usesFault ? 'const fault = ' : ''}await ${boundaryCode(cell.boundary)}.fault(${armed.call})`
    : `// Arm here what leads to this: \`${cell.operation}\` ${fault.said}.`
  const body = found
    ? [`const asItIs = async () => ${found.body.startsWith('{') ? found.body : `{ await (${found.body}) }`}`]
    : ['const asItIs = async () => {', `  // What ${quote(title)} does.`, '}']
  const inside = [
    ...(cassette === undefined ? [] : [`mortarTest.use(${quote(cassette)})`]),
    ...before,
    arm,
    `// As in ${quote(title)}.`,
    ...body,
    ...lines,
  ]
  return [
    `// For ${cell.test.file}, beside ${quote(title)}.`,
    ...imports
      .filter(([name], i) => !isImported(name!, source) && imports.findIndex(([other]) => other === name) === i)
      .map(([name, from]) => `import { ${name} } from ${quote(from!)}`),
    '',
    `${runner}(${quote(`${title}, though \`${cell.operation}\` ${fault.said}`)}, async (${found?.parameters ?? ''}) => {`,
    ...inside.flatMap((text) => indented(text)),
    `}${timeoutMs === undefined ? '' : `, ${timeoutMs}`})`,
    '',
  ].join('\n')
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
