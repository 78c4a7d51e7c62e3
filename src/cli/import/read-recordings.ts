import { readFileSync, statSync } from 'node:fs'
import { MortarError } from '../../core/errors.ts'
import type { Operation } from '../../core/protocol.ts'
import type { Format, Imported } from '../../formats/format.ts'
import { detectFormat, formats } from '../../formats/formats.ts'
import type { HttpQuestion } from '../../protocols/http/message.ts'

/** A file to be imported. */
export interface ImportFile {
  /** Absolute path. */
  readonly file: string
  /** Relative to the project, with forward slashes. */
  readonly path: string
}

/** What a file held, and in which format. */
export interface ReadRecordings extends Imported {
  readonly format: Format['name']
}

/** How to tell boundaries and operations. */
export interface ReadOptions {
  readonly format: Format['name'] | 'auto'
  readonly boundary: (url: string) => string
  readonly describe: (question: HttpQuestion) => Operation
}

/**
 * Reads one file in another tool's format.
 *
 * @throws MortarError `MORTAR_IMPORT_UNREADABLE`, `MORTAR_IMPORT_UNSUPPORTED`
 */
export async function readRecordings({ file, path }: ImportFile, options: ReadOptions): Promise<ReadRecordings> {
  const { text, modifiedAt } = readText(file, path)
  const format = options.format === 'auto' ? detectFormat(text, path) : formats[options.format]
  if (!format) {
    throw new MortarError('MORTAR_IMPORT_UNREADABLE', 'this file looks like none of the formats that can be imported', {
      where: path,
      expected: Object.keys(formats).join(', '),
      hint: 'Name the format: `mortar import FORMAT FILE`.',
    })
  }
  const { boundary, describe } = options
  return { format: format.name, ...(await format.read(text, { path, modifiedAt, boundary, describe })) }
}

function readText(file: string, path: string): { text: string; modifiedAt: number } {
  try {
    return { text: readFileSync(file, 'utf8'), modifiedAt: Math.floor(statSync(file).mtimeMs) }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new MortarError('MORTAR_IMPORT_UNREADABLE', 'there is no such file', {
        where: path,
        hint: 'Check the name; paths are relative to the folder that you are in.',
        cause,
      })
    if (code === 'EISDIR') {
      throw new MortarError('MORTAR_IMPORT_UNREADABLE', 'this is a folder', {
        where: path,
        hint: `Name its files: \`mortar import auto '${path}/**/*.json'\`.`,
        cause,
      })
    }
    throw new MortarError('MORTAR_IMPORT_UNREADABLE', `this file cannot be read: ${message}`, { where: path, cause })
  }
}
