import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MortarError } from '../core/errors.ts'
import { withLockAsync } from '../files/lock.ts'
import { issueAuthority, type KeyedCertificate } from './issue-certificate.ts'
import { writeWhole } from '../files/write-whole.ts'

/** An authority with less left is made anew. */
const renewalMs = 30 * 86_400_000

/**
 * Loads the project's test authority from `folder`, or makes one: `ca.pem`, and `ca-key.pem` for the owner alone.
 * Any number of processes may do so at once; all get the same one.
 *
 * @throws MortarError `MORTAR_CA_UNUSABLE` when the folder cannot be read or written.
 */
export async function loadAuthority(folder: string): Promise<KeyedCertificate> {
  try {
    return (await readAuthority(folder)) ?? (await makeAuthority(folder))
  } catch (cause) {
    const message = `The test authority in ${folder} cannot be used: ${(cause as Error).message}`
    throw MortarError.is(cause) ? cause : new MortarError('MORTAR_CA_UNUSABLE', message, { where: folder, cause })
  }
}

async function makeAuthority(folder: string): Promise<KeyedCertificate> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return withLockAsync(join(folder, 'ca.lock'), async () => {
    const madeMeanwhile = await readAuthority(folder)
    if (madeMeanwhile) return madeMeanwhile
    const made = await issueAuthority()
    writeWhole(join(folder, '.gitignore'), '*\n')
    writeWhole(join(folder, 'ca-key.pem'), made.key, 0o600)
    writeWhole(join(folder, 'ca.pem'), made.cert)
    return made
  })
}

/** What is there, unless it is missing, half of a pair, damaged, or about to expire. */
async function readAuthority(folder: string): Promise<KeyedCertificate | undefined> {
  const [cert, key] = await Promise.all(['ca.pem', 'ca-key.pem'].map((name) => readText(join(folder, name))))
  if (!cert || !key) return undefined
  try {
    const certificate = new X509Certificate(cert)
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return undefined
    return Date.parse(certificate.validTo) - Date.now() > renewalMs ? { cert, key } : undefined
  } catch {
    return undefined
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
