import { type SecureContext, createSecureContext } from 'node:tls'
import { join, resolve } from 'node:path'
import { caEnvironment } from './ca-environment.ts'
import { loadAuthority } from './certificate-authority.ts'
import { createLeafIssuer, type KeyedCertificate, leafDays, type LeafIssuer } from './issue-certificate.ts'

/** The project's test authority, and certificates that it signs for the hosts Mortar answers for. */
export interface Certificates {
  /** Path of the authority's certificate. */
  readonly caPath: string
  /** The authority's certificate, PEM. */
  readonly ca: string
  /** Certificate and key to pass for `host`, an address without brackets: signed on first use, then the same one. */
  leaf(host: string): Promise<KeyedCertificate>
  /** What a server needs to pass for `host`, made once. */
  context(host: string): Promise<SecureContext>
  /**
   * Variables that make programs trust the authority besides what they trust now: `NODE_EXTRA_CA_CERTS`,
   * `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`. Writes the files they name.
   *
   * @param env - The environment they are added to; files it names already stay trusted.
   */
  environment(env: NodeJS.ProcessEnv): Promise<Record<string, string>>
}

/**
 * Opens the test authority of a project; it is made on first use.
 *
 * @param path - Where it is kept: `.mortar/ca` of the project.
 * @throws MortarError `MORTAR_CA_UNUSABLE`
 */
export async function openCertificates(path: string): Promise<Certificates> {
  // Programs that read the variables below may run in other folders.
  const folder = resolve(path)
  const authority = await loadAuthority(folder)
  const caPath = join(folder, 'ca.pem')
  const leaves = new Map<string, Leaf>()
  const leafOf = (host: string): Leaf => {
    const name = host.toLowerCase()
    const known = leaves.get(name)
    if (known && known.until > Date.now()) return known
    const leaf = issuerOf(authority).then((issuer) => issuer.issue(name))
    const context = leaf.then(createSecureContext)
    const made = { leaf, context, until: Date.now() + (leafDays / 2) * 86_400_000 }
    leaves.set(name, made)
    context.catch(() => leaves.delete(name))
    return made
  }
  return {
    caPath,
    ca: authority.cert,
    leaf: (host) => leafOf(host).leaf,
    context: (host) => leafOf(host).context,
    environment: (env) => caEnvironment({ folder, caPath, ca: authority.cert }, env),
  }
}

const issuers = new Map<string, Promise<LeafIssuer>>()

/** Made on first use, once for each authority: it takes its time, and many runs never ask for a certificate. */
function issuerOf(authority: KeyedCertificate): Promise<LeafIssuer> {
  const known = issuers.get(authority.cert) ?? createLeafIssuer(authority)
  issuers.set(authority.cert, known)
  return known
}

interface Leaf {
  readonly leaf: Promise<KeyedCertificate>
  readonly context: Promise<SecureContext>
  /** Milliseconds since the epoch after which another one is signed. */
  readonly until: number
}
