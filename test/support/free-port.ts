import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below what Linux and macOS give to listeners and connections that name none. */
const [lowest, highest] = [10_000, 32_000]

/** A free port of the loopback for a server that is yet to start. Nobody is given it by chance until then. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  probe.close()
  await once(probe, 'close')
  return true
}
