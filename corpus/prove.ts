import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, proofFile, type Twin, twinsOf } from './program.ts'
import { stage, testRunner } from './stage.ts'

/**
 * Holds what a program says of itself without the matrix: both twins pass their own test, the fixed one passes its
 * proof, and the buggy one fails it with the harm that `program.json` names.
 *
 * @returns what is wrong, a line each
 */
export async function prove(program: Program): Promise<readonly string[]> {
  if (!existsSync(join(program.directory, proofFile))) {
    return [`${program.name}: there is no ${proofFile} in ${program.directory}; --prove runs it, a matrix does without`]
  }
  const complaints = await Promise.all(twinsOf(program).map((twin) => proveTwin(program, twin)))
  return complaints.flat()
}

async function proveTwin(program: Program, twin: Twin): Promise<readonly string[]> {
  const { node, close } = stage(program, twin)
  try {
    const own = await node([testRunner, 'run'], { timeoutMs: 60_000 })
    if (own.code !== 0) return [`${program.name}: the ${twin} twin fails its own test:\n${own.said}`]
    const proof = await node([testRunner, 'run'], { env: { CORPUS_TEST: proofFile }, timeoutMs: 60_000 })
    if (twin === 'fixed')
      return proof.code === 0 ? [] : [`${program.name}: the fixed twin fails its proof:\n${proof.said}`]
    const { harm = '' } = program.bug ?? {}
    if (proof.code === 0) return [`${program.name}: the buggy twin does no harm`]
    return proof.said.includes(harm) ? [] : [`${program.name}: the proof does not say "${harm}":\n${proof.said}`]
  } finally {
    close()
  }
}
