import { createHash } from 'node:crypto'
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MortarError } from '../core/errors.ts'
import type { BodyFiles } from '../core/protocol.ts'
import { realNow } from '../core/real-clock.ts'
import { writeWhole } from '../files/write-whole.ts'

const validName = /^sha256-[0-9a-f]{64}(\.[a-z0-9]{1,12}){0,3}$/

/**
 * Keeps bodies in one folder, each under the hash of its bytes, so that equal bodies are kept once and a damaged one
 * is noticed. The folder is made with its first file.
 */
export function openBodyFiles(folder: string): BodyFiles {
  return {
    put(bytes, extension) {
      const name = bodyName(bytes, extension)
      writeBodyFile(folder, name, bytes)
      return name
    },
    get: (name) => readBodyFile(folder, name),
  }
}

/** The name of a body: `sha256-…` and the extension. */
export function bodyName(bytes: Uint8Array, extension: string): string {
  return `sha256-${createHash('sha256').update(bytes).digest('hex')}.${extension}`
}

/** True for names that `bodyName` gives; any other may not be opened. */
export function isBodyName(name: string): boolean {
  return validName.test(name)
}

/** @throws MortarError `MORTAR_WRITE_FAILED` */
export function writeBodyFile(folder: string, name: string, bytes: Uint8Array): void {
  const file = join(folder, name)
  if (existsSync(file)) {
    // Pruning spares young files, and somebody is about to refer to this one again.
    utimesSync(file, new Date(realNow()), new Date(realNow()))
    return
  }
  writeWhole(file, bytes)
  const attributes = join(folder, '.gitattributes')
  // Without it, Git may change the line ends of a body on another system, and its bytes with them.
  if (!existsSync(attributes)) writeFileSync(attributes, '* -text\n')
}

function readBodyFile(folder: string, name: string): Uint8Array {
  if (!isBodyName(name)) {
    throw new MortarError('MORTAR_CASSETTE_UNREADABLE', 'the name of a body file is not one that Mortar gives', {
      expected: 'sha256-<64 hex digits>.<extension>',
      seen: name,
    })
  }
  const bytes = readBytes(join(folder, name))
  if (name.startsWith(`sha256-${createHash('sha256').update(bytes).digest('hex')}`)) return bytes
  throw new MortarError('MORTAR_CASSETTE_UNREADABLE', 'a body file does not hold what it was recorded with', {
    where: join(folder, name),
    expected: 'content with the hash in its name',
    hint: 'Restore the file from version control; do not edit it, and keep Git from converting its line ends.',
  })
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new MortarError('MORTAR_CASSETTE_BODY_MISSING', 'a recording refers to a body file that cannot be read', {
      where: file,
      cause,
    })
  }
}
