import { expect, test } from 'vitest'
import { LossList } from './loss-list.ts'
import { parseYaml } from './parse-yaml.ts'

const parse = (text: string): Promise<unknown> => parseYaml(text, 'dir/a.yml', new LossList())

test('every scalar stays the text it was written as', async () => {
  expect(await parse('a: no\nb: 2020-01-01\nc: 017\nd: 1_000\ne: .inf\nf: 12:30:45\ng: "null"\n')).toEqual({
    a: 'no',
    b: '2020-01-01',
    c: '017',
    d: '1_000',
    e: '.inf',
    f: '12:30:45',
    g: 'null',
  })
})

test('only an unquoted null is one', async () => {
  expect(await parse('a:\nb: ~\nc: null\nd: ""\n')).toEqual({ a: null, b: null, c: null, d: '' })
})

test('bytes are bytes, as values and as keys, in the way of Ruby and of Python', async () => {
  expect(await parse('a: !binary |-\n  AP8=\nb: !!binary AP8=\n? !binary SG9zdA==\n: c\n')).toEqual({
    a: Buffer.from([0, 255]),
    b: Buffer.from([0, 255]),
    Host: 'c',
  })
})

test('the content of an anchor is shared by its aliases, however many', async () => {
  const lines = ['a0: &a0 [x]']
  for (let at = 1; at < 60; at++) lines.push(`a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`)
  const parsed = (await parse(lines.join('\n'))) as Record<string, unknown[]>

  expect(parsed['a59']?.[0]).toBe(parsed['a58'])
})

test('a value inside itself is refused', async () => {
  await expect(parse('a: &a [*a]')).rejects.toMatchObject({ code: 'MORTAR_IMPORT_UNREADABLE', where: 'dir/a.yml' })
})

test('a damaged file names its line', async () => {
  await expect(parse('a: 1\nb: [\nc: "x\n')).rejects.toMatchObject({
    code: 'MORTAR_IMPORT_UNREADABLE',
    where: 'dir/a.yml:3',
  })
})

test('a key that is an object is told as text, even one that has none', async () => {
  expect(await parse('? { toString: a }\n: b\n? [c, { valueOf: d }]\n: e\n')).toEqual({
    '{"toString":"a"}': 'b',
    '["c",{"valueOf":"d"}]': 'e',
  })
})
