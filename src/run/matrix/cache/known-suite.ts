import { readFileSync } from 'node:fs'

/** All tests of a project, if all that can be known of them is kept. */
export interface KnownSuite {
  /** As of `ProjectInputs`. */
  readonly all: string
  /** Of tests. */
  readonly files: readonly string[]
  /** They are run one after another. */
  readonly isSerial: boolean
}

export function readSuite(file: string): KnownSuite | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KnownSuite
  } catch {
    return undefined
  }
}
