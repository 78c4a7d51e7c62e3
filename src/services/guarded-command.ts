import { existsSync } from 'node:fs'
import type { ServerUser } from './server-user.ts'

/** A command that ends with the process that starts it, and as whom it runs. */
export interface GuardedCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

const guards = ['/usr/bin/setpriv', '/bin/setpriv']

/**
 * Lets the system end a program when we are gone, however we went: `setpriv` of util-linux arranges it, on Linux.
 * Elsewhere the program is started as it is, and what is left over is swept at the next start.
 *
 * @param signal - What the program gets when its parent is gone.
 */
export function guardedCommand(
  program: string,
  args: readonly string[],
  { user, signal }: { readonly user: ServerUser | undefined; readonly signal: NodeJS.Signals },
): GuardedCommand {
  const guard = process.platform === 'linux' ? guards.find((file) => existsSync(file)) : undefined
  if (guard === undefined) return { program, args, ...(user && { uid: user.uid, gid: user.gid }) }
  const become = user ? ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'] : []
  return { program: guard, args: ['--pdeathsig', signal.slice(3), ...become, '--', program, ...args] }
}
