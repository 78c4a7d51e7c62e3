import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * A package that tests use as a real client, or `undefined` where it is not installed; then tests must say so. Looked
 * for beside this one, then in the folder that `MORTAR_TEST_PACKAGES` names.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the packages bring no types that could be relied on when absent
export function optionalPackage(name: string): any {
  const elsewhere = process.env['MORTAR_TEST_PACKAGES']
  for (const from of [import.meta.url, ...(elsewhere ? [join(elsewhere, 'package.json')] : [])]) {
    try {
      return createRequire(from)(name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  console.warn(`SKIPPED: the package ${name} is not installed`)
  return undefined
}
