/** What the matrix says of a program in Python, which is asked nothing but its own tests. */
import { readFileSync } from 'node:fs'
import { step } from './install.ts'

/** What is read of `.mortar/matrix.json`. */
interface Matrix {
  readonly cells: readonly { readonly operation: string; readonly fault: string; readonly verdict: string }[]
  readonly findings: readonly { readonly sentence: string; readonly oracle: string }[]
}

/**
 * Runs the matrix over the report, from its recordings.
 *
 * @throws Error that says what the report is blamed for besides pages without an end, or that this was not found
 */
export async function proveReport(folder: URL): Promise<void> {
  const command = 'npx --no-install mortar matrix --fail-on never -- python3 -m unittest'
  await step('The same program, with one thing going wrong at a time: mortar matrix', command, folder)
  const { cells, findings } = JSON.parse(readFileSync(new URL('.mortar/matrix.json', folder), 'utf8')) as Matrix
  const verdicts = (fault: string): string =>
    [...new Set(cells.filter((cell) => cell.fault === fault).map(({ verdict }) => verdict))].join(', ')
  const wrong = [
    // It reads page after page as long as it is told that there are more.
    ...(findings.some(({ oracle }) => oracle === 'O5')
      ? []
      : ['nobody has noticed that it reads pages without an end']),
    ...findings.filter(({ oracle }) => oracle !== 'O5').map(({ sentence }) => `it is blamed: ${sentence}`),
    // Its timeout of ten seconds is one.
    ...(verdicts('no answer') === 'degraded' ? [] : [`without an answer it is ${verdicts('no answer')}`]),
    ...(verdicts('200 html') === 'noticed' ? [] : [`a page in place of data is ${verdicts('200 html')}`]),
  ]
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}
