import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MortarError } from '../core/errors.ts'
import type { Exchange, TestRef } from '../core/exchange.ts'
import { openBodyFiles } from './body-files.ts'
import { cassettePath } from './cassette-path.ts'
import { readCassette, type Cassette, type Notations } from './cassette.ts'
import { listCassettes, pruneBodies } from './list-cassettes.ts'
import { saveCassette, type CassetteFile, type SaveOptions, type SaveResult } from './save-cassette.ts'

export type { SaveOptions, SaveResult } from './save-cassette.ts'

/** The cassettes of a project: one file per test in one folder. All calls are synchronous. */
export interface Cassettes {
  /** Absolute path of the folder. */
  readonly directory: string
  /** Absolute path of a test's cassette, whether it exists or not. */
  path(test: TestRef): string
  /**
   * Absolute path of a cassette by its path below the folder, with or without `.json`, or by the name it was given.
   *
   * @throws MortarError `MORTAR_CASSETTE_UNREADABLE` when there is none
   */
  find(name: string): string
  /** @throws MortarError `MORTAR_CASSETTE_UNREADABLE`, `MORTAR_CASSETTE_VERSION` */
  load(test: TestRef): Cassette | undefined
  /** Absolute paths of all cassettes, sorted. */
  list(): readonly string[]
  /** Reads a cassette by its path, absolute or relative to the folder. Throws as `load`, and when there is none. */
  read(file: string): Cassette
  /**
   * Keeps exchanges in the cassette of `test`, whole or not at all, whoever else is saving to it meanwhile.
   * `append` adds them to the file, in the order of their times; an exchange that is there already (same id and time)
   * is replaced. `replace` makes them the only ones, but for those `keep` says.
   *
   * @throws MortarError `MORTAR_SECRET_DETECTED` or `MORTAR_WRITE_FAILED`, and the file is as before; `append` also
   * throws as `load`
   */
  save(test: TestRef, exchanges: readonly Exchange[], how: 'replace' | 'append', options?: SaveOptions): SaveResult
  /**
   * Deletes body files that no cassette refers to, and what killed processes left half-written; returns the names.
   * Those changed within `minAgeMs` (default 60 000) stay: their cassette may be about to be written.
   */
  pruneBodies(minAgeMs?: number): readonly string[]
}

/**
 * Opens the cassettes of a folder, which need not exist yet.
 *
 * @param notations - How each protocol's exchanges are written; asked when an exchange is read or saved.
 */
export function openCassettes(directory: string, notations: Notations): Cassettes {
  const root = resolve(directory)
  const bodiesFolder = join(root, 'bodies')
  const bodies = openBodyFiles(bodiesFolder)
  const at = (file: string): CassetteFile => ({
    file,
    bodiesFolder,
    notations,
    text: () => readIfThere(file),
    read: (text) => readCassette(text, file, notations, bodies),
  })
  const load = (file: string): Cassette | undefined => {
    const text = readIfThere(file)
    return text === undefined ? undefined : at(file).read(text)
  }
  return {
    directory: root,
    path: (test) => cassettePath(root, test),
    find(name) {
      const bare = name.replace(/\.json$/, '')
      const literal = resolve(root, `${bare}.json`)
      const found = [literal, cassettePath(root, { file: '', name: bare })].find((file) => existsSync(file))
      if (found !== undefined) return found
      throw noCassette(literal)
    },
    load: (test) => load(cassettePath(root, test)),
    list: () => listCassettes(root),
    read(file) {
      const cassette = load(resolve(root, file))
      if (cassette) return cassette
      throw noCassette(resolve(root, file))
    },
    save: (test, exchanges, how, options = {}) =>
      saveCassette(at(cassettePath(root, test)), test, exchanges, how, options),
    pruneBodies: (minAgeMs = 60_000) => pruneBodies(root, bodiesFolder, minAgeMs),
  }
}

function noCassette(file: string): MortarError {
  return new MortarError('MORTAR_CASSETTE_UNREADABLE', 'there is no such cassette', { where: file })
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new MortarError('MORTAR_CASSETTE_UNREADABLE', `this cassette cannot be opened: ${message}`, {
      where: file,
      hint: 'Check the permissions of the file.',
      cause,
    })
  }
}
