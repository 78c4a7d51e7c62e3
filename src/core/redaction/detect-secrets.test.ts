import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createRedactor } from './create-redactor.ts'
import { detectSecrets } from './detect-secrets.ts'

const github = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
const random = 'dGx9Qk3bVz7LmN2pRs8tWy4aBc6D'

test('says what it is and on which line', () => {
  const text = JSON.stringify({ a: 'fine', b: { c: `x ${random} y` }, d: github }, undefined, 2)
  expect(detectSecrets(text)).toEqual([
    { kind: 'high-entropy', where: 'line 4' },
    { kind: 'github-token', where: 'line 6' },
  ])
})

test('finds a token behind an escaped line break, also in JSON inside of JSON', () => {
  const inner = JSON.stringify({ log: `first\n${github}` })
  expect(detectSecrets(JSON.stringify({ log: `first\n${github}` }))).toHaveLength(1)
  expect(detectSecrets(JSON.stringify({ inner }))).toHaveLength(1)
})

test('finds a private key written as one line of JSON', () => {
  const pem = `-----BEGIN PRIVATE KEY-----\n${`${'aB3d'.repeat(16)}\n`.repeat(3)}-----END PRIVATE KEY-----\n`
  expect(detectSecrets(JSON.stringify({ pem }, undefined, 2))).toEqual([{ kind: 'private-key', where: 'line 2' }])
})

test.each([
  ['placeholders', '"authorization": "Bearer {{github-token:0a1b2c3d}}"'],
  ['encoded placeholders', '"url": "https://a.example/?a=%7B%7Bgithub-token%3A0a1b2c3d%7D%7D"'],
  ['an etag', `["ETag", "W/\\"2a1-${random}\\""]`],
  ['an etag over two lines', `[\n            "ETag",\n            "\\"${random}\\""\n          ]`],
  ['a request id', `["x-amz-id-2", "${random}/${random}="]`],
  ['a policy', `["Content-Security-Policy", "script-src 'nonce-${random}' 'self'"]`],
  ['inline bytes', `"base64": "${random}${random}"`],
  ['a digest in base64', `"integrity": "sha512-${random}${random}=="`],
  ['an image in a URL', `"icon": "data:image/png;base64,${random}${random}"`],
])('%s is no secret', (_, text) => {
  expect(detectSecrets(`{\n  ${text}\n}`)).toEqual([])
})

test('what is allowed is none, and entropy can be left out', () => {
  expect(detectSecrets(random, [random])).toEqual([])
  expect(detectSecrets(github, [/^ghp_a1B2/])).toEqual([])
  expect(detectSecrets(random, [], false)).toEqual([])
})

test('a certificate is no secret, however the cassette holds it', () => {
  const pem = `-----BEGIN CERTIFICATE-----\n${randomBytes(400).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----`
  const cassette = { text: pem, lines: pem.split('\n'), inner: JSON.stringify({ pem }) }
  expect(createRedactor().text(pem, '')).toBe(pem)
  expect(detectSecrets(JSON.stringify(cassette, undefined, 2))).toEqual([])
})
