import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFailed } from '../../files/write-whole.ts'
import { cassettePath } from '../../store/cassette-path.ts'
import { type ArtifactInput, makeArtifact } from '../../timeline/text/artifact.ts'

/**
 * Keeps what is known of a failed test below `artifacts/` of its run, in a folder named like its cassette: its timeline
 * and, a file each, what was sent and answered. The journal it is made of is redacted already.
 *
 * @returns Absolute path of the timeline.
 * @throws MortarError `MORTAR_WRITE_FAILED`
 */
export function writeArtifacts(runDirectory: string, input: ArtifactInput): string {
  const ref = input.patient.test ?? { file: '', name: 'command' }
  const folder = cassettePath(join(runDirectory, 'artifacts'), ref).replace(/\.json$/, '')
  const { text, bodies } = makeArtifact(input)
  const file = join(folder, 'timeline.md')
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, bytes] of bodies) writeFileSync(join(folder, name), bytes)
    writeFileSync(file, text)
  } catch (cause) {
    throw writeFailed(folder, cause)
  }
  return file
}
