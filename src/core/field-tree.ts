import { parsePointer } from './json-pointer.ts'

/** Pointers as a tree, by the names on their way. */
interface Branch {
  /** A pointer ends here. */
  named: boolean
  /** With all that is inside. */
  whole: boolean
  readonly inside: Map<string, Branch>
}

const nothing: Branch = { named: false, whole: false, inside: new Map() }

/** Given in place of a value that is to go. */
export const gone: unique symbol = Symbol('gone')

/**
 * Replaces the values at pointers. What a pointer does not find is left as it is.
 *
 * @param change - Gives the new value, {@link gone} to take it away.
 * @returns `json` itself when nothing has changed.
 */
export function changeFields(json: unknown, pointers: readonly string[], change: (value: unknown) => unknown): unknown {
  const changed = changeBranch(json, branchOf(pointers), change)
  return changed === gone ? json : changed
}

/**
 * Leaves only what pointers name, with the objects and arrays on their way. Of an object or array that is named itself
 * only the empty shell stays; arrays keep as many objects as they have.
 *
 * @param whole - More pointers, of which all that is inside stays too.
 */
export function keepFields(json: unknown, pointers: readonly string[], whole: readonly string[] = []): unknown {
  return keepBranch(json, branchOf(pointers, whole))
}

/** Whether at least one of the pointers leads to something. */
export function hasField(json: unknown, pointers: readonly string[]): boolean {
  let found = false
  changeFields(json, pointers, (value) => {
    found = true
    return value
  })
  return found
}

function branchOf(pointers: readonly string[], whole: readonly string[] = []): Branch {
  const root: Branch = { named: false, whole: false, inside: new Map() }
  const add = (pointer: string): Branch => {
    let at = root
    for (const name of parsePointer(pointer)) {
      let next = at.inside.get(name)
      if (!next) at.inside.set(name, (next = { named: false, whole: false, inside: new Map() }))
      at = next
    }
    at.named = true
    return at
  }
  for (const pointer of pointers) add(pointer)
  for (const pointer of whole) add(pointer).whole = true
  return root
}

function changeBranch(value: unknown, branch: Branch, change: (value: unknown) => unknown): unknown {
  if (branch.named) return change(value)
  if (Array.isArray(value)) {
    const items = value.map((item, i) => {
      const next = inArray(branch, i)
      return next ? changeBranch(item, next, change) : (item as unknown)
    })
    return items.every((item, i) => item === value[i]) ? value : items.filter((item) => item !== gone)
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([name, item]) => {
    const next = branch.inside.get(name)
    return [name, next ? changeBranch(item, next, change) : item] as const
  })
  if (entries.every(([name, item]) => item === value[name])) return value
  return Object.fromEntries(entries.filter(([, item]) => item !== gone))
}

function keepBranch(value: unknown, branch: Branch): unknown {
  if (branch.whole) return value
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, i) => keepBranch(item, inArray(branch, i) ?? nothing))
    return items.filter((item) => item !== gone)
  }
  if (!isRecord(value)) return branch.named ? value : gone
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const next = branch.inside.get(name)
    return next ? [[name, keepBranch(item, next)] as const] : []
  })
  return Object.fromEntries(entries.filter(([, item]) => item !== gone))
}

function inArray({ inside }: Branch, index: number): Branch | undefined {
  return inside.get(String(index)) ?? inside.get('*')
}

/** Objects, other than numbers that are to be written as they were. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value)
}

/** Whether it is a number that is to be written as it was: 1.0, or an id of 20 digits. */
export function isRawJson(value: unknown): value is { readonly rawJSON: string } {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value)
}
