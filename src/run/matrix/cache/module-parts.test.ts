import fc from 'fast-check'
import { parseAst } from 'rolldown/parseAst'
import { expect, test } from 'vitest'
import type { Parse } from './code-blocks.ts'
import { markFunctions, type RanParts } from './mark-functions.ts'
import { moduleParts, movedLines } from './module-parts.ts'

const parse = parseAst as Parse

const sample = `#!/usr/bin/env node
'use strict'
class Till<T> {
  #sum: number = 1
  add = (by = ((n: number) => n)(2)) => (this.#sum += by)
  get sum() { 'use strict'; return this.#sum }
  static of(): Till<string> { return new Till() }
}
function* count() { yield 1 }
const made = async (x: unknown) => ({ x: await x as never })
function never(a: string): void
function never() { return made }
function branches(n: number) {
  const said = []
  if (n > 1) said.push('more')
  else if (n === 1) { said.push('one') } else said.push(() => 'none')
  for (let i = 0; i < n; i++) said.push(i)
  for (const _ of said) ;
  do said.push('once'); while (n > 9)
  try { if (n === 2) throw new Error('two') } catch { said.push('caught') } finally { said.push('at last') }
  switch (n) {
    case 1: said.push('case'); break
    case 2: { const own = 'own'; said.push(own) }
    case 3: let all = 'all'; said.push(all); break
    default: said.push('other')
  }
  if (n > 5) { var late = 'hoisted' }
  return [late, ...said.map((one) => typeof one === 'function' ? one() : one)]
}
const till = Till.of()
result = [till.add(), till.sum, typeof count(), branches(0), branches(1), branches(2)]
`

/** What a module makes of \`result\`, and the parts it has told of. */
function run(code: string): { readonly result: unknown; readonly ran: readonly string[] } {
  const plain = code
    .replace(/^#!.*/, '')
    .replace('function never(a: string): void', '')
    .replaceAll(/<T>|: number|: Till<string>|: unknown| as never/g, '')
  const realm: RanParts = {}
  const result: unknown = new Function('globalThis', `let result; ${plain}\nreturn result`)(realm)
  return { result, ran: Object.keys(realm.__mortarRan ?? {}) }
}

test('a marked module does as before, and tells which of its functions were called', () => {
  const marked = markFunctions(sample, 'src/till.ts', parse)!
  const { result, ran } = run(marked)
  expect(result).toEqual(run(sample).result)
  const parts = moduleParts(sample, 'src/till.ts', parse)!
  const told = ran.map((name) => parts[Number(name.split(':')[1])]!.place)
  // The module, the default of a parameter, \`add\`, \`sum\` and \`of\`; neither \`count\`, \`made\` nor \`never\`.
  expect(told.filter((place) => !place.startsWith('7')).toSorted()).toEqual(['', '0', '1', '2', '3'])
  // In \`branches\` all but the third case, which declares something for all of them, and what is never true.
  const [asked, all] = [told, parts.map(({ place }) => place)].map((places) =>
    places.filter((one) => one.startsWith('7')),
  )
  expect(all).toHaveLength(15)
  expect(all!.filter((place) => !asked!.includes(place))).toEqual([])
  expect(marked.split('\n').length).toBe(sample.split('\n').length + 1)
})

test('what cannot be read is left as it is', () => {
  expect(markFunctions('const = 1', 'a.js', parse)).toBeUndefined()
  expect(moduleParts('const = 1', 'a.js', parse)).toBeUndefined()
})

/** Source of a block, made of lines and of more such blocks. */
interface Tree {
  readonly lines: readonly number[]
  readonly inner: readonly Tree[]
}

const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    lines: fc.array(fc.nat(9), { maxLength: 3 }),
    inner: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })),
  }),
})).tree

const around = [
  ['use(() =>', ', 1)'],
  ['if (a)', ''],
  ['for (const b of a)', ''],
  ['try { c() } catch', ''],
  ['g = async function ()', ''],
]

/** @param grown - Place of the block that has two more lines. */
function sourceOf({ lines, inner }: Tree, grown: string | undefined, place: string): string {
  const own = lines.map((n) => `say(${n})\n`).join('')
  const others = inner.map((one, i) => {
    const at = `${place}.${i}`
    const [open, close] = around[i % around.length]!
    return `${open} {\n${sourceOf(one, grown, at)}}${close}\n`
  })
  return `${own}${place === grown ? 'more()\nmore()\n' : ''}${others.join(`// between\n`)}`
}

/** All within a function, as only there branches are blocks. */
function moduleOf(root: Tree, grown: string | undefined): string {
  return `${grown === '' ? 'more()\nmore()\n' : ''}export function all() {\n${sourceOf(root, grown, '0')}}\n`
}

test('a change of one block is one of no other part, and lines of all others are found again', () => {
  fc.assert(
    fc.property(tree, fc.nat(), (root, pick) => {
      const before = moduleOf(root, undefined)
      const parts = moduleParts(before, 'a.mjs', parse)!
      const grown = parts[pick % parts.length]!.place
      const after = moduleOf(root, grown)
      const now = moduleParts(after, 'a.mjs', parse)!
      expect(now.map(({ place }) => place)).toEqual(parts.map(({ place }) => place))
      const changed = parts.filter(({ hash }, i) => now[i]!.hash !== hash).map(({ place }) => place)
      expect(changed).toEqual([grown])
      const moved = movedLines(parts, now)
      const lines = [before.split('\n'), after.split('\n')] as const
      for (const { place, pieces } of parts) {
        if (place === grown) continue
        for (const [line, ends] of pieces) {
          for (let n = line + 1; n < line + ends; n++) {
            expect(lines[1][(moved.get(n) ?? n) - 1]).toBe(lines[0][n - 1])
          }
        }
      }
    }),
  )
})
