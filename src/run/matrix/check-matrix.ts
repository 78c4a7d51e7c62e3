import { copyFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { anyText } from '../../core/any-value.ts'
import { MortarError } from '../../core/errors.ts'
import type { CheckedMatrix } from '../summary/input.ts'
import { defaultFailOn } from './keep-accepted.ts'
import { writeDocument } from './keep-document.ts'
import { type MatrixOptions, runMatrix } from './run-matrix.ts'

/** The matrix as `check` runs it. */
export interface CheckMatrixOptions extends Pick<
  MatrixOptions,
  'config' | 'command' | 'env' | 'budgetMs' | 'onProgress'
> {
  /** Folder of the run: the page is kept with its report. */
  readonly runDirectory: string
}

/** Runs the matrix after the tests have passed. Whatever keeps it from running is a finding: their report stands. */
export async function checkMatrix({ runDirectory, ...options }: CheckMatrixOptions): Promise<CheckedMatrix> {
  const { config } = options
  const { directory } = config
  let page = ''
  try {
    const failOn = config.matrix.failOn ?? defaultFailOn(directory)
    const document = await runMatrix({
      ...options,
      onDocument: async (known) => void (page = await writeDocument(directory, known)),
    })
    copyFileSync(page, join(runDirectory, basename(page)))
    return { document, failOn, page: basename(page) }
  } catch (error) {
    const { code, reason, hint } = MortarError.is(error)
      ? error
      : new MortarError('MORTAR_INTERNAL', `something went wrong that Mortar did not expect: ${anyText(error)}`)
    return { problem: { code, reason, hint } }
  }
}
