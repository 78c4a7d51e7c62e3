import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findStrings } from './find-strings.ts'
import { parseAddress } from './parse-address.ts'
import { parseEnvFile, readVariables } from './read-environment.ts'
import { readPackage } from './read-package.ts'
import { readSource } from './read-source.ts'

const part = fc.constantFrom(
  '"',
  "'",
  '`',
  '//',
  '/*',
  '*/',
  '\n',
  '\\',
  '#',
  '"""',
  'https://a.io/x',
  '=',
  ' ',
  'a',
  '\0',
)
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
)
const secret = fc.stringMatching(/^SECRET[A-Za-z0-9:@%!$&*+=._~-]{0,20}$/)

describe('reading a project', () => {
  it('finds the strings of any text in any language, in order and without end', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('ts', 'py', 'rb', 'php', 'go', 'sh'), (text, extension) => {
        let last = -1
        for (const found of findStrings(text, extension)) {
          expect(found.at).toBeGreaterThan(last)
          expect(text.slice(found.at, found.at + found.text.length)).toBe(found.text)
          last = found.at
        }
        readSource(text, `a.${extension}`, false)
      }),
      { numRuns: 2000 },
    )
  })

  it('takes any text for an .env file or a package.json without failing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        readVariables(parseEnvFile(text, '.env'), 'environment')
        readPackage(text, 'package.json')
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps nothing of an address but scheme, host and port', () => {
    fc.assert(
      fc.property(fc.constantFrom('https', 'postgres', 'tcp'), secret, secret, secret, (scheme, user, path, query) => {
        const address = parseAddress(`${scheme}://${user}:${path}@db.acme.io:8443/${path}?${query}#${user}`)
        expect(address).toEqual({ scheme, host: 'db.acme.io', port: 8443, origin: `${scheme}://db.acme.io:8443` })
      }),
    )
  })
})
