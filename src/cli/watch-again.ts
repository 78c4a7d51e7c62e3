import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectFiles } from '../run/matrix/cache/project-files.ts'
import { watchFiles } from '../run/watch-files.ts'
import { exitCodeOfSignal, watchSignals } from '../run/watch-signals.ts'
import type { CommandContext } from './command.ts'

/** As of whatever Ctrl-C has ended. */
export const interrupted = 130

/** As of whatever its environment does not let begin, such as a config that cannot be loaded. */
const cannotBegin = 3

/** What is said while nothing is to be done. */
export const waits = '\nmortar: waiting for a change; Ctrl-C ends it'

/**
 * Runs this program once more in its place, and again behind the next change where it cannot begin, as somebody may be
 * in the midst of one.
 *
 * @returns Its exit code.
 */
export async function watchAgain(
  args: readonly string[],
  { cwd, env, progress }: Pick<CommandContext, 'cwd' | 'env' | 'progress'>,
): Promise<number> {
  const signals = watchSignals()
  const files = watchFiles(cwd, () => projectFiles(cwd))
  try {
    for (;;) {
      files.take()
      const child = spawn(process.execPath, args, { cwd, env, stdio: 'inherit' })
      signals.passTo((signal) => void child.kill(signal))
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
      signals.passTo(undefined)
      if (code !== cannotBegin || signals.received) return code ?? exitCodeOfSignal(signal!)
      progress(waits)
      await files.next(signals.asked)
      if (signals.received) return interrupted
    }
  } finally {
    files.close()
    signals.stop()
  }
}
