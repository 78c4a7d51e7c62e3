import fc from 'fast-check'
import { parseAst } from 'rolldown/parseAst'
import { expect, test } from 'vitest'
import { markFunctions, type RanParts } from './mark-functions.ts'
import { type ModulePart, moduleParts, parentOf, partsHash } from './module-parts.ts'
import type { Parse } from './syntax-node.ts'

const parse = parseAst as Parse

interface Run {
  /** All that it has said, and how it ended. */
  readonly said: readonly unknown[]
  /** Places of the parts that it has executed, those among them in which these stand. */
  readonly places: readonly string[]
}

/** Calls `run()` of a module. @param switches - For which numbers `on` is true; `may` rejects for them. */
async function run(code: string, switches: readonly number[] = [], isMarked = true): Promise<Run> {
  const realm: RanParts = {}
  const said: unknown[] = []
  const on = (n: number): boolean => switches.includes(n)
  const may = async (n: number): Promise<number> => {
    if (on(n)) throw new Error(`no ${n}`)
    return n
  }
  const marked = isMarked ? markFunctions(code, 'm.js', parse)! : code
  const called = new Function('globalThis', 'say', 'on', 'may', `${marked}\nreturn run()`)
  try {
    said.push(await called(realm, (it: unknown) => void said.push(it), on, may))
  } catch (error) {
    said.push(String(error))
  }
  const parts = moduleParts(code, 'm.js', parse)!
  const places = new Set([''])
  for (const name of Object.keys(realm.__mortarRan ?? {})) {
    let { place } = parts[Number(name.split(':')[1])]!
    for (; !places.has(place); place = parentOf(place)) places.add(place)
  }
  return { said, places: [...places] }
}

/** What is said on lines in parts that were not executed. */
function notRun(code: string, { places }: Run): readonly string[] {
  const isOn = (n: number, { pieces }: ModulePart): boolean =>
    pieces.some(([line, ends]) => line <= n && n <= line + ends)
  const parts = moduleParts(code, 'm.js', parse)!.filter(({ place }) => !places.includes(place))
  return code.split('\n').flatMap((line, i) => {
    const found = /say\('(.*)'\)/.exec(line)?.[1]
    return found !== undefined && parts.some((part) => isOn(i + 1, part)) ? [found] : []
  })
}

const leaving = `
async function run() {
  'use strict'
  say('first')
  await may(1)
  // Between them.
  say('behind an await')
  loop: for (const n of [10, 11]) {
    say('in the loop')
    if (on(n)) continue
    say('behind continue')
    for (;;) {
      if (on(2)) break loop
      break
    }
    say('behind a loop with break')
  }
  try {
    if (on(3)) throw new Error('three')
    say('behind throw')
  } catch (error) {
    if (!on(4)) return say('caught')
    say('behind return')
  } finally {
    say('at last')
  }
  switch (await may(5)) {
    case 5:
      if (on(6)) break
      say('in the case')
    case 7: let late = () => say('of the case')
    default:
      late()
  }
  const all = [...few()]
  all.push(...(() => { for (const n of [1]) { return [n] } })())
  helper()
  say('after all')
  function helper() {
    say('in the helper')
    if (on(7)) return
    say('at the end of the helper')
  }
  function* few() {
    say('before yield')
    yield 1
    say('behind yield')
  }
  for await (const n of [1]) say('for await')
  say('the end')
}
`

test('what follows a statement that leaves was not executed', async () => {
  const all = await run(leaving)
  expect(all.said).toContain('the end')
  expect(notRun(leaving, all)).toEqual(['caught', 'behind return'])
  const behind = async (...switches: readonly number[]): Promise<readonly string[]> =>
    notRun(leaving, await run(leaving, switches)).filter((line) => !['caught', 'behind return'].includes(line))
  const end = ['for await', 'the end']
  const helper = ['in the helper', 'at the end of the helper', 'before yield', 'behind yield']
  const last = ['in the case', 'of the case', 'after all', ...helper, ...end]
  const loop = ['in the loop', 'behind continue', 'behind a loop with break']
  expect(await behind(1)).toEqual(['behind an await', ...loop, 'behind throw', 'at last', ...last])
  expect(await behind(10)).toEqual([])
  expect(await behind(10, 11)).toEqual(loop.slice(1))
  expect(await behind(2)).toEqual(['behind a loop with break'])
  expect(await behind(3)).toEqual(['behind throw', ...last])
  expect(await behind(3, 4)).toEqual(['behind throw'])
  expect(await behind(5)).toEqual(last)
  expect(await behind(6)).toEqual(['in the case', 'of the case'])
  expect(await behind(7)).toEqual(['at the end of the helper'])
})

/** Statements of a list; names are numbers, so that some are the same. */
type Statement =
  | { readonly is: keyof typeof plain; readonly n: number }
  | { readonly is: keyof typeof holding; readonly n: number; readonly inner: readonly Statement[] }

const plain = {
  say: (n) => `say(${n})`,
  leave: (n) => `if (on(${n})) return ${n}`,
  throw: (n) => `if (on(${n})) throw new Error('thrown')`,
  await: (n) => `say(await may(${n}))`,
  continue: (n) => `for (const i of [${n}, 4]) { if (on(i)) continue; say('in ' + i) }`,
  yield: (n) => `for (const i of (function* () { yield 1; if (on(${n})) return; yield 2 })()) say(i)`,
  read: (n) => `say(typeof name${n})`,
  set: (n) => `name${n} = ${n}`,
  call: (n) => `if (calls++ < 9) await name${n}?.()`,
  const: (n) => `const name${n} = () => say('const')`,
  var: (n) => `var [{ a: name${n} }] = [{ a: 'var' }]`,
  class: (n) => `class name${n} {}`,
} satisfies Record<string, (n: number) => string>

const holding = {
  if: (n, inner) => `if (!on(${n})) {${inner}}`,
  else: (n, inner) => `if (on(${n})) say('yes'); else {${inner}}`,
  loop: (n, inner) => `for (const i of [${n}, 3]) { if (on(i)) break; ${inner}}`,
  try: (n, inner) => `try { say(await may(${n})); ${inner}} catch (error) { say('caught') }`,
  catch: (n, inner) => `try { if (on(${n})) throw 1 } catch {${inner}}`,
  case: (n, inner) => `switch (on(${n})) { case true: say('case'); ${inner} break; default: say('default') }`,
  block: (_, inner) => `{${inner}}`,
  function: (n, inner) => `async function name${n}(a = say('default of ${n}')) {${inner}}`,
  arrow: (n, inner) => `await (async () => {${inner}})()`,
} satisfies Record<string, (n: number, inner: string) => string>

const statements = fc.letrec<{ list: readonly Statement[] }>((tie) => {
  const n = fc.nat(4)
  const lone = fc.record({ is: fc.constantFrom(...(Object.keys(plain) as (keyof typeof plain)[])), n })
  const other = fc.record({
    is: fc.constantFrom(...(Object.keys(holding) as (keyof typeof holding)[])),
    n,
    inner: tie('list'),
  })
  return {
    list: fc.array(fc.oneof({ maxDepth: 3, depthSize: 'small' }, { arbitrary: lone, weight: 3 }, other), {
      maxLength: 6,
    }),
  }
}).list

function sourceOf(list: readonly Statement[]): string {
  return (
    list
      .map((one) => ('inner' in one ? holding[one.is](one.n, `\n${sourceOf(one.inner)}`) : plain[one.is](one.n)))
      .join('\n') + '\n'
  )
}

function moduleOf(list: readonly Statement[]): string {
  return `'use strict'; let calls = 0, name0 = () => say('outer'), name1, name2 = name0, name3, name4\nasync function run() {\n${sourceOf(list)}}\n`
}

/** With another statement in the place of one of them, at any depth. */
function changed(list: readonly Statement[], pick: number, by: readonly Statement[]): readonly Statement[] {
  let at = pick % Math.max(1, sizeOf(list))
  const change = (some: readonly Statement[]): readonly Statement[] =>
    some.flatMap((one): readonly Statement[] => {
      if (at-- === 0) return by
      return ['inner' in one ? { ...one, inner: change(one.inner) } : one]
    })
  return change(list)
}

function sizeOf(list: readonly Statement[]): number {
  return list.reduce((sum, one) => sum + 1 + ('inner' in one ? sizeOf(one.inner) : 0), 0)
}

/** A name may be declared only once in a list. */
function isSound(code: string): boolean {
  try {
    new Function(code).call(undefined)
    return true
  } catch {
    return false
  }
}

test('a run does as before where none of the parts has changed that it has executed', async () => {
  let held = 0
  await fc.assert(
    fc.asyncProperty(statements, fc.nat(), statements, fc.array(fc.nat(4)), async (list, pick, by, switches) => {
      const [before, after] = [moduleOf(list), moduleOf(changed(list, pick, by.slice(0, 2)))]
      const [parts, now] = [moduleParts(before, 'm.js', parse), moduleParts(after, 'm.js', parse)]
      fc.pre(isSound(before) && isSound(after))
      const { said, places } = await run(before, switches)
      if (partsHash(now!, places) !== partsHash(parts!, places)) return
      if (before !== after) held++
      expect((await run(after, switches)).said).toEqual(said)
    }),
    { numRuns: 1000 },
  )
  expect(held).toBeGreaterThan(50)
})

test('marks change nothing of what code does', async () => {
  await fc.assert(
    fc.asyncProperty(statements, fc.array(fc.nat(4)), async (list, switches) => {
      const code = moduleOf(list)
      fc.pre(isSound(code))
      expect((await run(code, switches)).said).toEqual((await run(code, switches, false)).said)
    }),
  )
})
