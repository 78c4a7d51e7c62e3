import { createPrivateKey, type KeyObject, randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import type { JsonGeneralNames } from '@peculiar/x509'
import { loadX509 } from './load-x509.ts'

/** A certificate and its private key, both PEM. */
export interface KeyedCertificate {
  readonly cert: string
  readonly key: string
}

const dayMs = 86_400_000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** How long a test authority is valid, days. */
export const authorityDays = 730
/** How long a host's certificate is valid, days; it lives in memory only. */
export const leafDays = 90

/** Makes an authority that may sign for any host. */
export async function issueAuthority(): Promise<KeyedCertificate> {
  const x509 = loadX509()
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const serialNumber = serial()
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber,
      // The number tells apart the authorities of several projects in a list of them.
      name: `CN=Mortar test CA ${serialNumber.slice(0, 8)}, O=Mortar`,
      ...validity(authorityDays, Date.now() + authorityDays * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { cert: pem(cert.toString('pem')), key: await exportKey(keys.privateKey) }
}

/** Signs certificates for hosts, all with one key pair: making keys is the slow part. */
export interface LeafIssuer {
  /** @param host - A name, or an address without brackets. */
  issue(host: string): Promise<KeyedCertificate>
}

/** Makes an issuer that signs with `authority`. */
export async function createLeafIssuer(authority: KeyedCertificate): Promise<LeafIssuer> {
  const x509 = loadX509()
  const subtle = webcrypto.subtle
  const issuer = new x509.X509Certificate(authority.cert)
  const signingKey = await importKey(createPrivateKey(authority.key))
  const keys = (await subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const key = await exportKey(keys.privateKey)
  const shared = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
    await x509.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
  ]
  return {
    async issue(host) {
      const alternatives: JsonGeneralNames = [{ type: isIP(host) ? 'ip' : 'dns', value: host }]
      // Without a name to send, Node checks a certificate for this one, whatever address it has connected to.
      if (host === '127.0.0.1' || host === '::1') alternatives.push({ type: 'dns', value: 'localhost' })
      const cert = await x509.X509CertificateGenerator.create(
        {
          serialNumber: serial(),
          // Names longer than X.520 allows here stand in the alternative name alone.
          subject: [{ CN: [host.length <= 64 ? host : 'Mortar'] }],
          issuer: issuer.subject,
          ...validity(leafDays, issuer.notAfter.getTime()),
          signingAlgorithm: algorithm,
          publicKey: keys.publicKey,
          signingKey,
          extensions: [...shared, new x509.SubjectAlternativeNameExtension(alternatives)],
        },
        webcrypto,
      )
      return { cert: pem(cert.toString('pem')), key }
    },
  }
}

/** From a day ago, for machines whose clocks differ. */
function validity(days: number, latest: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now()
  return { notBefore: new Date(now - dayMs), notAfter: new Date(Math.min(now + days * dayMs, latest)) }
}

/** Sixteen random bytes in hex, positive and without leading zeros, as RFC 5280 section 4.1.2.2 wants. */
function serial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

async function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ format: 'der', type: 'pkcs8' })
  return await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
}

function pem(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}
