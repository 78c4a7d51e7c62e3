import type { Exchange } from '../../src/core/exchange.ts'
import { MortarError } from '../../src/core/errors.ts'
import type { Format, Imported } from '../../src/formats/format.ts'
import { detectFormat } from '../../src/formats/formats.ts'
import type { HttpQuestion, HttpReply } from '../../src/protocols/http/message.ts'

/** What `text` holds, with the one exchange that most tests are about. */
export interface ImportedText {
  readonly format: Format['name'] | undefined
  readonly imported: Imported
  readonly exchanges: readonly Exchange<HttpQuestion, HttpReply>[]
  readonly losses: readonly string[]
}

/** Detects the format of a text and imports it; the file was last changed at 5000. */
export async function importText(text: string, path = 'recording'): Promise<ImportedText> {
  const format = detectFormat(text, path)
  if (!format) throw new Error('no format is detected')
  const imported = await format.read(text, { path, modifiedAt: 5000, boundary: (url) => new URL(url).host })
  return {
    format: format.name,
    imported,
    exchanges: imported.groups.flatMap((group) => group.exchanges),
    losses: imported.losses.map(({ count, what }) => `${count} ${what}`),
  }
}

/** The error that importing a text gives. */
export async function importError(text: string, path = 'recording'): Promise<MortarError> {
  try {
    await importText(text, path)
  } catch (error) {
    if (MortarError.is(error)) return error
    throw error
  }
  throw new Error('the import succeeded')
}
