import { closestWord } from '../core/closest-word.ts'
import type { MortarError } from '../core/errors.ts'
import type { Cell } from '../matrix/cell.ts'
import type { LoadedConfig } from '../run/loaded-config.ts'
import { changedSince } from '../run/matrix/changed-since.ts'
import type { MatrixDocument } from '../run/matrix/document.ts'
import { readDocument } from '../run/matrix/keep-document.ts'
import { shellLine } from '../run/shell-line.ts'
import { usageError } from './usage-error.ts'

/** Two ids of ten digits that differ in so few are hardly ever two cells. */
const mostSlips = 2
/** How many ids of findings are named. */
const mostNamed = 3

/** What `--cell` is looked up with. */
interface FindOptions {
  readonly config: LoadedConfig
  readonly command: string | readonly string[]
  progress(text: string): void
}

/**
 * The cell of an id, as the last matrix has kept it; `undefined` when only running the tests can tell, which is said.
 *
 * @throws MortarError `MORTAR_USAGE` when it is known that there is none
 */
export function findCell(id: string, { config, command, progress }: FindOptions): Cell | undefined {
  const last = readDocument(config.directory)
  const all = last ? [...last.cells, ...last.leftOut, ...(last.leftOutPairs ?? [])] : []
  const found = all.find((cell) => cell.id === id)
  if (found) return found
  const ids = all.map((cell) => cell.id)
  const near = closestWord(id, ids, mostSlips)
  if (near !== undefined) throw usageError(`there is no cell \`${id}\``, `Did you mean \`${near}\`?`)
  if (!/^[0-9a-f]{10}$/.test(id)) throw noSuchCell(id, last)
  const why = whyUnknown(last, config.directory, typeof command === 'string' ? command : shellLine(command))
  if (why === undefined) throw noSuchCell(id, last)
  progress(`mortar: ${why}; the tests are run to see whether there is a cell \`${id}\``)
  return undefined
}

/** The error for an id that no cell has. @param last - The last matrix, where there is one. */
export function noSuchCell(id: string, last?: MatrixDocument): MortarError {
  const shown = (last?.findings ?? []).flatMap(({ cells }) => cells.slice(0, 1)).slice(0, mostNamed)
  const names = shown.map((one) => `\`${one}\``).join(', ')
  const found = shown.length === 0 ? '' : ` The last matrix has findings at ${names}.`
  return usageError(
    `there is no cell \`${id}\``,
    last
      ? `Ids are ten digits and letters, as in .mortar/matrix.json and on its page; they change with the name of the test.${found}`
      : 'Ids of cells are in .mortar/matrix.json, once `mortar matrix` has run; they change with the name of the test.',
  )
}

/** Why a cell may be there that the last matrix does not know; `undefined` when there can be none. */
function whyUnknown(last: MatrixDocument | undefined, directory: string, command: string): string | undefined {
  if (!last) return 'no matrix has been kept here'
  if (last.command !== command) return `the last matrix was of another command (${last.command})`
  if (!last.isWhole) return 'the last matrix did not try everything'
  const changed = changedSince(directory, last.at + last.durationMs)
  return changed === undefined ? undefined : `${changed} has changed since the last matrix`
}
