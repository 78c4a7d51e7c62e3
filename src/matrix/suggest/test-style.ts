import { quote } from './fault-code.ts'

/** How tests of a runner are written. */
export interface TestStyle {
  /** Where `mortarTest` is imported from. */
  readonly mortar: string
  /** Names that a test uses, and where they come from. */
  imports(runner: string): readonly (readonly [from: string, name: string])[]
  /** An import as it is written. */
  importLine(names: readonly string[], from: string): string
  /** What stands before a test's body. */
  open(runner: string, title: string, parameters: string, timeoutMs?: number): string
  close(timeoutMs?: number): string
  lengthIs(list: string, length: number | string): string
  atLeast(number: string, least: number | string): string
  below(number: string, most: number): string
  equals(value: string, other: string): string
  differs(value: string, other: string): string
  rejects(promise: string): string
}

/** Tests of vitest. */
export const vitestStyle: TestStyle = {
  mortar: 'mortar/vitest',
  imports: (runner) => [
    ['vitest', 'expect'],
    ['vitest', runner],
  ],
  importLine: named,
  open: (runner, title, parameters) => `${runner}(${quote(title)}, async (${parameters}) => {`,
  close: (timeoutMs) => (timeoutMs === undefined ? '})' : `}, ${timeoutMs})`),
  lengthIs: (list, length) => `expect(${list}).toHaveLength(${length})`,
  atLeast: (number, least) => `expect(${number}).toBeGreaterThanOrEqual(${least})`,
  below: (number, most) => `expect(${number}).toBeLessThan(${most})`,
  equals: (value, other) => `expect(${value}).toBe(${other})`,
  differs: (value, other) => `expect(${value}).not.toBe(${other})`,
  rejects: (promise) => `await expect(${promise}).rejects.toThrow()`,
}

/** Tests of `node:test`. */
export const nodeTestStyle: TestStyle = {
  mortar: 'mortar/node-test',
  imports: (runner) => [
    ['node:assert/strict', 'assert'],
    ['mortar/node-test', runner],
  ],
  importLine: (names, from) => (names[0] === 'assert' ? `import assert from ${quote(from)}` : named(names, from)),
  open: (runner, title, parameters, timeoutMs) => {
    const options = timeoutMs === undefined ? '' : `{ timeout: ${timeoutMs} }, `
    return `${runner}(${quote(title)}, ${options}async (${parameters}) => {`
  },
  close: () => '})',
  lengthIs: (list, length) => `assert.equal(${list}.length, ${length})`,
  atLeast: (number, least) => `assert.ok(${number} >= ${least})`,
  below: (number, most) => `assert.ok(${number} < ${most})`,
  equals: (value, other) => `assert.equal(${value}, ${other})`,
  differs: (value, other) => `assert.notEqual(${value}, ${other})`,
  rejects: (promise) => `await assert.rejects(${promise})`,
}

function named(names: readonly string[], from: string): string {
  return `import { ${names.join(', ')} } from ${quote(from)}`
}
