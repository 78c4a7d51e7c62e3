import { readFileSync } from 'node:fs'

/** Another user of this machine. */
export interface ServerUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Whether this process is root, whom some servers refuse to run as. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The first of the named users that this machine has. */
export function findUser(names: readonly string[], passwords = '/etc/passwd'): ServerUser | undefined {
  let lines: string[]
  try {
    lines = readFileSync(passwords, 'utf8').split('\n')
  } catch {
    return undefined
  }
  for (const wanted of names) {
    const [name, , uid, gid] = lines.find((line) => line.startsWith(`${wanted}:`))?.split(':') ?? []
    if (name !== undefined && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}
