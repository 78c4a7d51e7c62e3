import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../files/write-whole.ts'
import type { MatrixDocument } from './document.ts'
import { renderMatrix, renderPage } from './html/render-matrix.ts'

/** Where the published schema is, from `.mortar/matrix.json` on. */
const schema = '../node_modules/mortar/schema/matrix.schema.json'

/** A document as it is kept and printed: it names its schema, so that editors explain it. */
export function matrixJson(document: MatrixDocument, indent?: number): string {
  return JSON.stringify({ $schema: schema, ...document }, undefined, indent)
}

/** Keeps what a matrix has shown, as JSON and as a page. @returns Path of the page. */
export async function writeDocument(directory: string, document: MatrixDocument): Promise<string> {
  const page = join(directory, '.mortar', 'matrix.html')
  writeWhole(join(directory, '.mortar', 'matrix.json'), matrixJson(document, 2))
  // The process may be about to end, and a page that says that the matrix runs would say so for ever.
  if (document.state === 'interrupted') writeWhole(page, renderPage(document))
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
