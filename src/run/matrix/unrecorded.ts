import { existsSync } from 'node:fs'
import { openCassettes } from '../../store/cassettes.ts'
import { notationOf } from '../../protocols/notations.ts'
import { runnerOf } from '../known-runner.ts'
import { recordModeOf } from '../record-mode.ts'
import { shellLine } from '../shell-line.ts'
import type { Suite } from './suite.ts'

/** Name of the cassette of what no test has claimed. */
export const outsideCassette = 'run'

/** What to do in place of recording. */
export const orAskForReal = "or have it asked for real in the matrix: `record: 'live'` at the boundary"

/**
 * Names of boundaries whose real service a command may be asking, as nothing of them is recorded. Of runners whose tests
 * have cassettes of their own that is not known.
 */
export function unrecorded({ config, command }: Pick<Suite, 'config' | 'command'>): readonly string[] {
  const line = typeof command === 'string' ? command : shellLine(command)
  const file = openCassettes(config.cassettes, notationOf).path({ file: '', name: outsideCassette })
  if (runnerOf(line, config.directory) || existsSync(file)) return []
  return config.boundaries.flatMap(({ name, input }) =>
    ['live', 'none'].includes(recordModeOf(config, input)) ? [] : [name],
  )
}
