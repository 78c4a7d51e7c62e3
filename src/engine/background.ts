/** What can be told not to keep the process alive. */
interface Handle {
  unref(): unknown
  once(event: 'close', listener: () => void): unknown
}

const held = new Set<Handle>()
let background = false

/** Notes a socket or a server of ours. */
export function hold(handle: Handle): void {
  if (background) return void handle.unref()
  held.add(handle)
  handle.once('close', () => held.delete(handle))
}

/** From here on, nothing of ours keeps the process alive: it ends when the program that it runs would have ended. */
export function stayInBackground(): void {
  background = true
  for (const handle of held) handle.unref()
  held.clear()
}
