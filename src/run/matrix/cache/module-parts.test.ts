import fc from 'fast-check'
import { parseAst } from 'rolldown/parseAst'
import { expect, test } from 'vitest'

import { markFunctions, type RanParts } from './mark-functions.ts'
import { moduleParts, movedLines } from './module-parts.ts'
import type { Parse } from './syntax-node.ts'

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

/** What a module makes of `result`, and the parts it has told of. */
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
  // The module, the default of a parameter, `add`, `sum` and `of`; neither `count`, `made` nor `never`.
  expect(told.filter((place) => !place.startsWith('7')).toSorted()).toEqual(['', '0', '1', '2', '3'])
  // In `branches` all but what is never true.
  const never = parts.filter(({ place }) => place.startsWith('7') && !told.includes(place))
  expect(never.map(({ pieces }) => sample.split('\n')[pieces[0]![0] - 1])).toEqual([
    "  if (n > 5) { var late = 'hoisted' }",
  ])
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
    inner: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 4 })),
  }),
})).tree

const around = [
  ['use(async () => {', '}, 1)'],
  ['if (a) {', '}'],
  ['for (const b of a) {', '}'],
  ['await leave()', ''],
  ['try { c() } catch {', '}'],
  ['g = async function () {', '}'],
  ['if (a) return', ''],
]

function sourceOf({ lines, inner }: Tree, depth: number): string {
  const own = lines.map((n) => `say(${n})\n`).join('')
  const others = inner.map((one, i) => {
    const [open, close] = around[(i + depth + one.lines.length) % around.length]!
    return `${open}\n${sourceOf(one, depth + 1)}${close}\n`
  })
  return `${own}${others.join(`// between\n`)}end(${depth})\n`
}

test('a change of one block is one of no other part, and lines of all others are found again', () => {
  fc.assert(
    fc.property(tree, fc.nat(), (root, pick) => {
      // All within a function, as only there branches are blocks.
      const before = `export async function all() {\n${sourceOf(root, 0)}}\n`
      const lines = before.split('\n')
      const parts = moduleParts(before, 'a.mjs', parse)!
      const own = lines.flatMap((line, i) => (/^say|^end/.test(line) ? [i + 1] : []))
      const grown = own[pick % own.length]!
      const after = lines.with(grown - 1, `more()\nmore()\n${lines[grown - 1]}`).join('\n')
      const now = moduleParts(after, 'a.mjs', parse)!
      expect(now.map(({ place }) => place)).toEqual(parts.map(({ place }) => place))
      const [changed, ...others] = parts.filter(({ hash }, i) => now[i]!.hash !== hash)
      expect(others).toEqual([])
      expect(changed!.pieces.some(([line, ends]) => line <= grown && grown <= line + ends)).toBe(true)
      const moved = movedLines(parts, now)
      for (const part of parts) {
        if (part === changed) continue
        for (const [line, ends] of part.pieces) {
          for (let n = line + 1; n < line + ends; n++) {
            expect(after.split('\n')[(moved.get(n) ?? n) - 1]).toBe(lines[n - 1])
          }
        }
      }
    }),
  )
})
