import { expect, it } from 'vitest'
import { errorTexts } from './error-text.ts'

it('says of a module that cannot be read what is wrong with it, and where, in one line', () => {
  const drawn =
    'Transform failed with 1 error:\n\n\u001B[31m[PARSE_ERROR] \u001B[0mExpected `)`\n   \u001B[38;5;246m╭─[\u001B[0m src/a.ts:1:30 ]\n'
  expect(errorTexts(new Error(drawn))).toMatchObject([{ message: '[PARSE_ERROR] Expected `)` (src/a.ts:1:30)' }])
})

it('leaves colors out, and all else as it is', () => {
  const message = 'expected \u001B[31m[ 10:30:00 ]\u001B[0m\nto be [ 2 ]'
  expect(errorTexts(new Error(message))).toMatchObject([{ message: 'expected [ 10:30:00 ]\nto be [ 2 ]' }])
})
