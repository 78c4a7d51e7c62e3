import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { writeWhole } from '../files/write-whole.ts'

/** Variables whose file replaces what the program trusts. */
const replacing = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'] as const

/** The authority that programs are to trust. */
export interface TrustedAuthority {
  /** Where the bundles are written. */
  readonly folder: string
  readonly caPath: string
  /** PEM. */
  readonly ca: string
}

/**
 * Variables that make programs trust the authority besides all that they trust now, and the files these name:
 * `bundle.pem` holds the roots of Node and of this machine and the authority. Where `env` names files of its own,
 * theirs are added, in files named after their content so that runs with other settings do not disturb each other.
 */
export async function caEnvironment(
  { folder, caPath, ca }: TrustedAuthority,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const named = await Promise.all([...new Set(replacing.map((name) => env[name]))].map(readCertificates))
  const standard = standardBundle(ca)
  const all = named.every((some) => some.length === 0) ? standard : bundle([...roots(), ...named.flat(), ca])
  const bundlePath = join(folder, all === standard ? 'bundle.pem' : `bundle-${digest(all)}.pem`)
  await writeChanged(bundlePath, all)
  const environment: Record<string, string> = { NODE_EXTRA_CA_CERTS: caPath }
  for (const name of replacing) environment[name] = bundlePath
  const extra = bundle([...(await readCertificates(env['NODE_EXTRA_CA_CERTS'])), ca])
  if (extra !== bundle([ca])) {
    environment['NODE_EXTRA_CA_CERTS'] = join(folder, `node-extra-${digest(extra)}.pem`)
    await writeChanged(environment['NODE_EXTRA_CA_CERTS'], extra)
  }
  return environment
}

const standardBundles = new Map<string, string>()

/** With what Node and this machine trust; that does not change while we run, and there is much of it. */
function standardBundle(ca: string): string {
  const known = standardBundles.get(ca) ?? bundle([...roots(), ca])
  standardBundles.set(ca, known)
  return known
}

function roots(): readonly string[] {
  return [...getCACertificates('bundled'), ...getCACertificates('system')].map((text) => text.trim())
}

/** The certificates of a PEM file; none if it cannot be read, as the programs that would have read it decide. */
async function readCertificates(path: string | undefined): Promise<string[]> {
  const text = path ? await readFile(path, 'latin1').catch(() => '') : ''
  return text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? []
}

function bundle(certificates: readonly string[]): string {
  return `${[...new Set(certificates.map((text) => text.trim().replaceAll('\r\n', '\n')))].join('\n')}\n`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

async function writeChanged(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) !== content) writeWhole(path, content)
}
