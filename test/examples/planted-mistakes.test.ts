import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Planted {
  readonly id: string
  readonly file: string
  readonly function: string
  readonly code: string
  readonly what: string
  readonly revealedBy: { readonly boundary: string; readonly operation: string; readonly fault: string }
}

const shop = join(import.meta.dirname, '../../examples/shop')
const { mistakes } = JSON.parse(readFileSync(join(shop, 'test/planted-mistakes.json'), 'utf8')) as {
  readonly mistakes: readonly Planted[]
}

test('about ten mistakes are planted in the shop, each under a name of its own', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(10)
  expect(new Set(mistakes.map(({ id }) => id)).size).toBe(mistakes.length)
})

test.each(mistakes)('$id is where the list says', ({ file, function: name, code }) => {
  const path = join(shop, file)
  expect(existsSync(path)).toBe(true)
  const parts = readFileSync(path, 'utf8').split(code)
  expect(parts).toHaveLength(2)
  expect(parts[0]).toMatch(new RegExp(`\\b(function ${name}|async ${name})\\(`))
})

test.each(mistakes)('$id names a boundary of the shop', ({ revealedBy, what }) => {
  const config = readFileSync(join(shop, 'mortar.config.ts'), 'utf8')
  expect(config).toContain(`    ${revealedBy.boundary}: `)
  expect(revealedBy.operation && revealedBy.fault && what).not.toBe('')
})

test("nothing in the shop's own files gives them away", () => {
  const files = globSync('{src,gateway,mailbox,migrations,test}/**/*.{ts,sql}', { cwd: shop })
  expect(files.length).toBeGreaterThan(30)
  for (const file of files) {
    const text = readFileSync(join(shop, file), 'utf8').toLowerCase()
    const words = ['planted', 'mistake', 'todo', 'fixme', ...mistakes.map(({ id }) => id)]
    expect(words.filter((word) => text.includes(word)).map((word) => `${file}: ${word}`)).toEqual([])
  }
})
