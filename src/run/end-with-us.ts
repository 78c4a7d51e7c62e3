import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/** How long what we leave behind may take to end by itself, seconds. */
const graceSeconds = 5

/**
 * Has a process end when this one does, also when nothing of ours can run any more, as after `kill -9`: a shell waits at
 * the other end of a pipe. Not on Windows.
 *
 * @param target - As `kill` takes it; a group is its negative number.
 * @returns Ends that. Call it as soon as the process has ended, as its number may be given to another one.
 */
export function endWithUs(target: number): () => void {
  if (process.platform === 'win32') return () => {}
  const script = `read -r _ && exit; kill -TERM ${target}; sleep ${graceSeconds}; kill -KILL ${target}`
  const { PATH = '' } = process.env
  // In a group of its own: whoever ends ours means us.
  const watcher = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH },
  })
  watcher.on('error', () => {}).unref()
  watcher.stdin.on('error', () => {})
  ;(watcher.stdin as Socket).unref()
  return () => void watcher.stdin.end('\n')
}
