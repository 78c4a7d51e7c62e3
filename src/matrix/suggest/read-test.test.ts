import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTest } from './read-test.ts'

describe('the source of a test', () => {
  it('is found by its name, within suites too', () => {
    const source = `
describe('orders', () => {
  it("is paid's end", { timeout: 10 }, async ({ task }) => {
    expect(\`\${[1, ")"].join('}')}\`).toMatch(/[)\\/"]+/) // ) }
    await pay({ a: 1 / 2 })
  })
  test.only('is refunded', function () { return refund(/* ) */ 1) }, 500)
  it('is sent', () => send('('))
})`
    expect(readTest(source, "orders > is paid's end")).toEqual({
      runner: 'it',
      parameters: '{ task }',
      body: `{
    expect(\`\${[1, ")"].join('}')}\`).toMatch(/[)\\/"]+/) // ) }
    await pay({ a: 1 / 2 })
  }`,
    })
    expect(readTest(source, 'orders > is refunded')).toMatchObject({
      parameters: '',
      body: '{ return refund(/* ) */ 1) }',
    })
    expect(readTest(source, 'orders > is sent')).toMatchObject({ runner: 'it', body: "send('(')" })
  })

  it('is not guessed: names that are computed, stand twice or nowhere, and calls that do not end', () => {
    const twice = "test('a', () => {})\ntest('a', () => {})"
    for (const source of [
      twice,
      'test(`a ${1}`, () => {})',
      "test('b', () => {})",
      "test('a', () => { (",
      "it.each([1])('a', () => {})",
      '',
    ])
      expect(readTest(source, 'a')).toBeUndefined()
  })

  it('is looked for in any text without an end or an error', () => {
    const parts = fc.constantFrom(
      'test(',
      "'a'",
      '"',
      '`',
      '${',
      '{',
      '}',
      ')',
      '(',
      '/',
      '\\',
      ',',
      '=>',
      '\n',
      '//',
      '/*',
      'async ',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), (some) => {
        const found = readTest(some.join(''), 'a')
        if (found) expect(some.join('')).toContain(found.body)
      }),
    )
  })
})
