import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorHints } from '../src/core/error-codes.ts'
import { MortarError } from '../src/core/errors.ts'

const documented = [
  ...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(MORTAR_[A-Z_]+)` \| (.+?) \| (.+?) \|$/gm),
]

test('docs/errors.md lists exactly the errors of the table, with their hints', () => {
  const rows = documented.map(([, code = '', , hint = '']) => [code, hint.replaceAll('\\|', '|')])
  expect(Object.fromEntries(rows)).toEqual(errorHints)
  expect(documented.length).toBe(Object.keys(errorHints).length)
})

test('every code is used somewhere in the sources', () => {
  const sources = globSync('src/**/*.ts')
    .filter((file) => !file.endsWith('core/error-codes.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  expect(Object.keys(errorHints).filter((code) => !sources.includes(`'${code}'`))).toEqual([])
})

test('an error prints its code, where it happened, what was expected and seen, and what to do', () => {
  const error = new MortarError('MORTAR_CONFIG_INVALID', '`record` is not valid', {
    where: 'mortar.config.ts',
    expected: 'one of none, once',
    seen: '"twice"',
  })
  expect(error.toString().split('\n')).toEqual([
    'MORTAR_CONFIG_INVALID  `record` is not valid',
    '   where: mortar.config.ts',
    'expected: one of none, once',
    '    seen: "twice"',
    '→ Correct the value in the config file; the message says what is expected.',
  ])
})

test('an error of another copy of the package is recognised by its code', () => {
  const foreign = Object.assign(new Error('x'), { name: 'MortarError', code: 'MORTAR_MISS' })
  expect(MortarError.is(foreign, 'MORTAR_MISS')).toBe(true)
  expect(MortarError.is(foreign, 'MORTAR_USAGE')).toBe(false)
  expect(MortarError.is(new Error('x'))).toBe(false)
})
