import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

/** What `npm run corpus` is asked to do. */
export interface Options {
  /** Each is a program, or holds programs. */
  readonly folders: readonly string[]
  /** Runs the proofs in place of the matrix. */
  readonly isProof: boolean
  /** Tells of every bad verdict on a buggy twin, not only of the expected one. */
  readonly tellsAll: boolean
  /** How many programs run at a time. */
  readonly jobs: number
}

const usage = 'npm run corpus -- [--prove] [--all] [--jobs=N] [FOLDER…]'

/** Takes the command line apart. @throws an Error that says, in one line, what it cannot be */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args)
  const { prove, all, jobs } = values
  if (!/^[1-9]\d{0,3}$/.test(jobs)) {
    throw new Error(`--jobs is how many programs run at a time, a whole number from 1 on, not \`${jobs}\``)
  }
  const folders = positionals.length > 0 ? positionals : [import.meta.dirname]
  return { folders, isProof: prove, tellsAll: all, jobs: Number(jobs) }
}

function parsed(args: readonly string[]): {
  values: { prove: boolean; all: boolean; jobs: string }
  positionals: readonly string[]
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        prove: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        jobs: { type: 'string', default: String(Math.max(1, Math.floor(availableParallelism() / 2))) },
      },
    })
  } catch (error) {
    // Node goes on about how a folder could be called that begins with a dash.
    const [what = ''] = (error instanceof Error ? error.message : String(error)).split(/\.(?:\s|$)/)
    throw new Error(`${what}: ${usage}`, { cause: error })
  }
}
