import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../files/write-whole.ts'
import type { MatrixDocument } from './document.ts'
import { renderMatrix } from './html/render-matrix.ts'

/** Keeps what a matrix has shown, as JSON and as a page. @returns Path of the page. */
export async function writeDocument(directory: string, document: MatrixDocument): Promise<string> {
  const page = join(directory, '.mortar', 'matrix.html')
  writeWhole(join(directory, '.mortar', 'matrix.json'), JSON.stringify(document, undefined, 2))
  writeWhole(page, await renderMatrix(document))
  return page
}

/** What the last matrix has shown; `undefined` when there was none, or none that can be read. */
export function readDocument(directory: string): MatrixDocument | undefined {
  try {
    const document = JSON.parse(readFileSync(join(directory, '.mortar', 'matrix.json'), 'utf8')) as MatrixDocument
    return document.version === 1 && Array.isArray(document.cells) ? document : undefined
  } catch {
    return undefined
  }
}
