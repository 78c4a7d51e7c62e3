import { existsSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { JudgedCell } from '../../matrix/findings.ts'
import { suggestTest } from '../../matrix/suggest/suggest-test.ts'
import { openCassettes } from '../../store/cassettes.ts'
import { notationOf } from '../../protocols/notations.ts'
import type { LoadedConfig } from '../loaded-config.ts'

/** A test for a finding, in the style of the file that has the test of its cell; empty where there is no such style. */
export function suggestedTest(judged: JudgedCell, config: LoadedConfig): string {
  const { test } = judged.shown.cell
  const path = join(config.directory, test.file)
  if (!/\.[cm]?[jt]sx?$/.test(test.file) || !existsSync(path)) return ''
  const source = readFileSync(path, 'utf8')
  const cassette = openCassettes(config.cassettes, notationOf).path(test)
  const name = relative(config.cassettes, cassette)
    .split(sep)
    .join('/')
    .replace(/\.json$/, '')
  return suggestTest(judged, { source, ...(existsSync(cassette) && { cassette: name }) })
}
