import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { looksRandom, replaceRandom, shannonEntropy } from './entropy.ts'

function replaceAll(text: string): string {
  return replaceRandom(
    text,
    () => '#',
    () => false,
  )
}

test('counts the bits of a text by its distribution', () => {
  expect(shannonEntropy('aaaa')).toBe(0)
  expect(shannonEntropy('abab')).toBe(1)
  expect(shannonEntropy('abcd')).toBe(2)
})

describe('what is not random', () => {
  test.each([
    ['a git hash', '6dcb09b5b57875f334f61aebed695e2e4193db5e'],
    ['a SHA-256 digest', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['an MD5 digest in capitals', 'D41D8CD98F00B204E9800998ECF8427E'],
    ['a UUID', '550e8400-e29b-41d4-a716-446655440000'],
    ['a node id that is base64 of text', 'MDU6SXNzdWUxMzA2ODM5OTg1OTQ2'],
    ['a node id of the new form', 'IC_kwDOHrjtbc5Gm8aBcDeF1x2'],
    ['an id with a short prefix', 'cus_NffrFeUfNV2HibAbC123'],
    ['another one', 'pi_3MtwBwLkdIwHu7ix28a3tqPa'],
    ['a publishable key', 'pk_live_51HabcDEFghiJKLmnoPQRstuVWXyz0123456789'],
    ['a slug with a date', 'tmp-scenario-lock-issue-20220719043820995-xyg54'],
    ['a camel-case name', 'getRepositoryContentsByPathV3'],
    ['a class name with a number', 'AWSElasticLoadBalancingV2TargetGroup'],
    ['a boundary', '----WebKitFormBoundary7MA4YWxkTrZu0gW'],
    ['a cursor', 'Y3Vyc29yOnYyOpK5MjAyMi0wNy0xOVQwNDozODoyMFrOHrjtbQ=='],
    ['a subresource integrity hash', 'sha512-q0eXKkFjzN3VWIQ6mFMrQ5WzVYfBzJYJ5Kz1o3KQ=='],
    ['a long word', 'Donaudampfschifffahrtsgesellschaft'],
    ['a file name', 'IMG_20220719_143820_HDR_Panorama'],
    ['too little', 'aB3xY9kQ2mZ7'],
  ])('%s is none', (_, token) => {
    expect(looksRandom(token)).toBe(false)
  })

  test('base64 of a long file is none', () => {
    expect(looksRandom(randomBytes(600).toString('base64'))).toBe(false)
  })

  test.each([
    'https://api.github.com/repos/octokit-fixture-org/Hello-World/issues/1347/labels{/name}',
    '/v2/users/550e8400-e29b-41d4-a716-446655440000/Invoices/2022-07-19T04:38:20Z',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.6099.109',
    'application/vnd.github.v3+json; charset=utf-8',
    'arn:aws:iam::123456789012:role/MyApplicationDeployRole2',
  ])('%s holds none', (text) => {
    expect(replaceAll(text)).toBe(text)
  })
})

test('random tokens of the usual alphabets are found, 97 in 100 of them from 32 characters on', () => {
  for (const encoding of ['base64', 'base64url'] as const) {
    let found = 0
    for (let i = 0; i < 1000; i++) if (looksRandom(randomBytes(30).toString(encoding))) found++
    expect(found, encoding).toBeGreaterThan(940)
  }
})

test('of a path only the random segment is replaced', () => {
  expect(replaceAll('https://example.com/hooks/dGx9Qk3bVz7LmN2pRs8tWy4aBc6D/events')).toBe(
    'https://example.com/hooks/#/events',
  )
})

test('base64 with slashes is replaced as a whole', () => {
  expect(replaceAll('key "wJ8rX9tnF7MI/K7M3NG2/bP0RfiC4YzA5Mp1EKE6" end')).toBe('key "#" end')
})

test('a file in base64 is none, on one line or on many', () => {
  const file = randomBytes(900).toString('base64')
  for (const width of [60, 64, 76]) {
    const wrapped = file.replace(new RegExp(`.{${width}}`, 'g'), '$&\n')
    expect(replaceAll(`content:\n${wrapped}`)).toBe(`content:\n${wrapped}`)
  }
  expect(replaceAll(`x ${file} y`)).toBe(`x ${file} y`)
})
