/** What stands one step further, at each of several places; places that have nothing there are left out. */
export function follow(values: readonly unknown[], step: string): readonly unknown[] {
  return values.flatMap((value): readonly unknown[] => {
    if (Array.isArray(value)) return step === '*' ? value : []
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return []
    return [(value as Readonly<Record<string, unknown>>)[step]]
  })
}
