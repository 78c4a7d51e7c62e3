/** The steps of a JSON Pointer; `*` is every element of an array. The pointer to the whole has none. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** One step more. */
export function pointerTo(pointer: string, step: string): string {
  return `${pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** What stands one step further, at each of several places; places that have nothing there are left out. */
export function follow(values: readonly unknown[], step: string): readonly unknown[] {
  return values.flatMap((value): readonly unknown[] => {
    if (Array.isArray(value)) return step === '*' ? value : []
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return []
    return [(value as Readonly<Record<string, unknown>>)[step]]
  })
}
