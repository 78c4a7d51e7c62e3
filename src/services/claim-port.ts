import { existsSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { MortarError } from '../core/errors.ts'
import { freePort } from '../engine/free-port.ts'
import { ownFolder } from './homes.ts'

/**
 * A free port that no other process of ours will take before the server listens on it: two servers of one kind that
 * were given the same port could not be told apart.
 *
 * @param owner - A folder; the claim holds as long as it exists.
 */
export async function claimPort(ports: string, owner: string): Promise<number> {
  ownFolder(ports)
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await freePort()
    const claim = join(ports, String(port))
    try {
      // A link is there with its content or not at all, also when we are killed meanwhile.
      symlinkSync(owner, claim, 'junction')
      return port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const other = ownerOf(claim)
      if (other === undefined || !existsSync(other)) rmSync(claim, { force: true })
    }
  }
  throw new MortarError('MORTAR_PORT_IN_USE', 'no free port was found on this machine', { where: ports })
}

/** Gives back all ports of `owner`. */
export function releasePorts(ports: string, owner: string): void {
  for (const name of list(ports)) {
    const claim = join(ports, name)
    if (ownerOf(claim) === owner) rmSync(claim, { force: true })
  }
}

function ownerOf(claim: string): string | undefined {
  try {
    return readlinkSync(claim)
  } catch {
    return undefined
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
