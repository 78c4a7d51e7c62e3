import { heldLines } from './held-lines.ts'
import { isNeed, mergedLines } from './merged-lines.ts'
import {
  formerFile,
  readNeeds,
  readStored,
  removeStored,
  storedFile,
  storedFiles,
  type StoredInputs,
  type StoredLine,
  type StoredUses,
} from './stored.ts'

/** What is kept of the tests of one file: by what was known last, and by what was known before something changed. */
export interface Generations {
  /** Where what holds is kept. */
  readonly path: string
  /** Of the tests. */
  readonly file: string
  /** What was known last, whether or not it holds. */
  readonly lines: readonly StoredLine[]
  /** What holds of all that was ever known. */
  readonly holding: readonly StoredLine[]
  /** What does not; `undefined` where all is as it was kept. */
  readonly resting: readonly StoredLine[] | undefined
}

/** What has changed of what lines depend on; `undefined` where they hold. */
export interface Changes {
  readonly ofInputs: (line: StoredInputs) => string | undefined
  readonly ofUses: (line: StoredUses) => string | undefined
}

/**
 * Reads all that is kept. What was known before the last change is read only where something has changed, as undoing it
 * and going back to another branch are changes too, or where some of it holds.
 *
 * @returns With the first change on which something depends that was known last; `undefined`: there is none.
 */
export function readGenerations(
  folder: string,
  { ofInputs, ofUses }: Changes,
): { readonly files: readonly Generations[]; readonly changed: string | undefined } {
  let changed: string | undefined
  const isNow = (change: string | undefined): boolean => {
    changed ??= change
    return change !== undefined
  }
  const last = storedFiles(folder).flatMap((path) => {
    const lines = readStored(path)
    const file = lines.find((line) => line.t === 'inputs')?.file
    if (file === undefined || path !== storedFile(folder, file)) {
      removeStored(path)
      return []
    }
    const held = heldLines(
      lines,
      (line) => isNow(ofInputs(line)),
      (line) => isNow(ofUses(line)),
    )
    return [{ path, file, lines, held }]
  })
  const files = last.map(({ path, file, lines, held }): Generations => {
    if (changed === undefined && !someHolds(readNeeds(formerFile(path)), { ofInputs, ofUses })) {
      return { path, file, lines, holding: held, resting: undefined }
    }
    const before = readStored(formerFile(path))
    const heldBefore = heldLines(
      before,
      (line) => ofInputs(line) !== undefined,
      (line) => ofUses(line) !== undefined,
    )
    return {
      path,
      file,
      lines,
      holding: mergedLines(heldBefore, held),
      resting: mergedLines(without(before, heldBefore), without(lines, held)),
    }
  })
  return { files, changed }
}

/** Whether there may be runs that hold. @param needs - What they depend on. */
function someHolds(needs: readonly (StoredInputs | StoredUses)[], { ofInputs, ofUses }: Changes): boolean {
  const inputs = needs.filter((line) => line.t === 'inputs' && ofInputs(line) === undefined)
  const keys = new Set(inputs.map(({ key }) => key))
  const isWhole = inputs.some((line) => line.t === 'inputs' && line.whole)
  return isWhole || needs.some((line) => line.t === 'uses' && keys.has(line.key) && ofUses(line) === undefined)
}

/** What runs depend on may be the same for those that hold and for others. */
function without(lines: readonly StoredLine[], held: readonly StoredLine[]): readonly StoredLine[] {
  const some = new Set(held)
  return lines.filter((line) => isNeed(line) || !some.has(line))
}
