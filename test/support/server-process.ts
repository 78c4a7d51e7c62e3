import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port.ts'

/** A real server on a free port of the loopback, with a folder of its own. */
export interface ServerProcess {
  readonly port: number
  stop(): Promise<void>
}

/** Where a server's program is, or `undefined` after saying that it is not installed. */
export function installed(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, program)).find((file) => existsSync(file))
  if (!found) process.stderr.write(`SKIPPED: \`${program}\` is not installed, so nothing here is tried with it\n`)
  return found
}

/** Starts a server, and waits until it takes connections. */
export async function startServer(
  program: string,
  args: (port: number, folder: string) => readonly string[],
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'mortar-server-'))
  const port = await freePort()
  const child = spawn(program, args(port, folder), { stdio: 'ignore', cwd: folder })
  const gone = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
  for (let left = 2000; !(await answers(port)); left--) {
    if (left === 0 || child.exitCode !== null) {
      await stop()
      throw new Error(`${program} did not start`)
    }
    await delay(25)
  }
  return { port, stop }
}

async function answers(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
