import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../json.ts'
import { createRedactor } from './create-redactor.ts'
import { detectSecrets } from './detect-secrets.ts'
import { compileRules } from './rules.ts'
import { createPairScan, createScan } from './scan.ts'
import { anyToken, tokensByKind } from '../../../test/support/seeded-tokens.ts'
import { replaceInText } from './text.ts'
import { replaceInPairs, replaceInUrl } from './url.ts'

/** Text in which secrets, near misses and what separates them meet often. */
const noise = fc
  .array(
    fc.oneof(
      anyToken,
      fc.constantFrom(...' \n"\'/:=?&@%{}\\,.-_'),
      fc.constantFrom(
        'token',
        'password',
        '"secret":"',
        '?key=',
        'https://',
        'Bearer ',
        '{{token:0a1b}}',
        '%7B%7B',
        '\\u0070',
        "'password': '",
        "pwd='",
        '\u00a0',
      ),
      fc.string({ maxLength: 12 }),
      fc.stringMatching(/^[A-Za-z0-9+/_-]{20,48}$/),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

test('redacting twice is redacting once', () => {
  const redactor = createRedactor()
  fc.assert(
    fc.property(noise, noise, (text, more) => {
      const once = redactor.text(text, '')
      expect(redactor.text(once, '')).toBe(once)
      const url = redactor.url(`https://a.example/${text}?x=${more}`, '')
      expect(redactor.url(url, '')).toBe(url)
      const form = redactor.form(`a=${text}&token=${more}`, '')
      expect(redactor.form(form, '')).toBe(form)
      for (const name of ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'location', 'x-other']) {
        const header = redactor.header(name, text, '')
        expect(redactor.header(name, header, '')).toBe(header)
      }
      const json = redactor.json({ password: text, other: [more] }, '')
      expect(redactor.json(json, '')).toBe(json)
    }),
    { numRuns: 300 },
  )
})

test('an authorization of which a part looked like a parameter is redacted once', () => {
  const redactor = createRedactor()
  const value = 'xoxb-000000000000000000000000 SK0000d0a0960cc90e4e617fcf433432e7A5=+/_A0aAaAAAaa0-0++-/'
  const once = redactor.header('authorization', value, '')

  expect(once).toContain('{{high-entropy:')
  expect(redactor.header('authorization', once, '')).toBe(once)
})

test('the quick look never passes over what a thorough one replaces', () => {
  const rules = compileRules({})
  const scan = createScan(rules)
  const scanPairs = createPairScan(rules, scan)
  const context = { rules, scan, replace: (kind: string) => `{{${kind}:0a1b}}` }
  fc.assert(
    fc.property(noise, (text) => {
      const url = `https://a.example/${text}`
      if (replaceInText(text, '', context) !== text) expect(scan(text), text).toBe(true)
      if (replaceInUrl(url, '', context) !== url) expect(scanPairs.url(url), url).toBe(true)
      if (replaceInPairs(text, '', context) !== text) expect(scanPairs.form(text), text).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('the quick look sees random base64 that only its filling tells from a name with a prefix, and the end of a path', () => {
  const rules = compileRules({})
  const scan = createScan(rules)

  for (const text of ['aglpat-AAAAAA35kl8FQ2UbDpxt=', 'a/K7xQ2mZ9pL4vR8tB3nW6yd==']) {
    expect(createRedactor().text(text, ''), text).not.toBe(text)
    expect(scan(text), text).toBe(true)
  }
})

test('the quick look sees every way in which text gives a name and its credential', () => {
  const rules = compileRules({})
  const scan = createScan(rules)
  const context = { rules, scan, replace: () => 'r' }
  const parts = [
    ['', '"', "'", '\\"', 'a.', '[', 'a-', '{ ', '\n'],
    ['password', 'pwd', 'api_key', 'token', 'cvv'],
    ['', '"', "'", '\\"', "\\'"],
    ['', ' ', '\u00a0', '\n'],
    [':', '='],
    ['"', "'", ' "', '\\"'],
  ]
  const texts = parts.reduce((all, more) => all.flatMap((text) => more.map((part) => text + part)), ['x '])
  const replaced = texts
    .map((text) => `${text}hunter2hunter`)
    .filter((text) => replaceInText(text, '', context) !== text)

  expect(replaced.length).toBeGreaterThan(2000)
  expect(replaced.filter((text) => !scan(text))).toEqual([])
  expect(createRedactor().form('text=hello+there+my+dear+old+friend+K7xQ2mZ9pL4vR8tB3nW6ydFq', '')).toMatch(
    /high-entropy/,
  )
  expect(createRedactor().form('token?,=hunter2&a=b', '')).toBe('token?,={{token:4065}}&a=b')
  expect(createRedactor().text("{'password': 'hunter2hunter'}", '')).toBe("{'password': '{{password:f1ca}}'}")
})

test('two redactors agree, and what is redacted does not depend on what was before', () => {
  const experienced = createRedactor()
  fc.assert(
    fc.property(noise, (text) => {
      expect(createRedactor().text(text, '')).toBe(experienced.text(text, ''))
    }),
    { numRuns: 100 },
  )
})

const prose = fc.array(
  fc.constantFrom('the', 'issue', 'was', 'closed', 'by', 'octocat', '(#12)', '2026-01-02', 'v1.2.3'),
)

function nest(secret: string, depth: number): Json {
  return depth === 0 ? secret : depth % 2 === 0 ? [1, nest(secret, depth - 1)] : { a: true, b: nest(secret, depth - 1) }
}

for (const [kind, token] of Object.entries(tokensByKind)) {
  test(`no ${kind} survives in any place, and it has one placeholder`, () => {
    const redactor = createRedactor()
    fc.assert(
      fc.property(token, prose, fc.nat(8), (secret, words, depth) => {
        const sentence = [...words, secret, ...words].join(' ')
        const places = [
          redactor.header('x-anything', secret, ''),
          redactor.header('authorization', `Bearer ${secret}`, ''),
          redactor.header('cookie', `a=b; c=${secret}`, ''),
          redactor.url(`https://a.example/x/${secret}?q=1`, ''),
          redactor.url(`https://a.example/x?q=${encodeURIComponent(secret)}`, ''),
          redactor.form(`a=${encodeURIComponent(sentence)}`, ''),
          redactor.text(sentence, ''),
          JSON.stringify(redactor.json(nest(secret, depth), '')),
          JSON.stringify(redactor.json({ text: sentence, password: secret }, '')),
        ]
        for (const place of places) {
          expect(place).not.toContain(secret)
          expect(place).toMatch(new RegExp(`\\{\\{${kind}:[0-9a-f]{8}\\}\\}`))
          expect(detectSecrets(place)).toEqual([])
        }
        expect(new Set(places.map((place) => /\{\{.*?\}\}/.exec(place)?.[0])).size).toBe(1)
        expect(detectSecrets(`{\n  "text": ${JSON.stringify(`\n${sentence}`)}\n}`)[0]).toEqual({
          kind,
          where: 'line 2',
        })
      }),
      { numRuns: 60 },
    )
  })
}

test('what holds no secret is given back itself', () => {
  const redactor = createRedactor()
  const dull = fc.oneof(
    prose.map((words) => words.join(' ')),
    fc.uuid(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.webUrl().filter((url) => !url.includes('&')),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 }),
    // What reads like `&cvv=` names a credential, wherever it stands.
    fc.emailAddress({ size: 'small' }).filter((address) => !address.includes('&')),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('id', 'name', 'sha', 'url', 'body', 'state'), dull), (value) => {
      expect(redactor.json(value, '')).toBe(value)
      const text = JSON.stringify(value)
      expect(redactor.text(text, '')).toBe(text)
      expect(detectSecrets(text)).toEqual([])
    }),
    { numRuns: 300 },
  )
  expect(redactor.take()).toEqual([])
})
