import { readFileSync } from 'node:fs'
import { MortarError } from '../core/errors.ts'
import type { ClientTls } from '../engine/client-tls.ts'

/** Schemes that say TLS, and what they are without it. */
const secureSchemes: Readonly<Record<string, string>> = {
  'rediss:': 'redis:',
  'valkeys:': 'valkey:',
  'amqps:': 'amqp:',
  'mqtts:': 'mqtt:',
  'ssl:': 'mqtt:',
  'tls:': 'nats:',
}

/** Parameters that say how TLS is spoken to a server, as its clients name them. */
const postgresOptions = /^(?:ssl.*|channel_binding|gssencmode|uselibpqcompat)$/i
const mysqlOptions = /^(?:ssl.*|tls|usessl|requiressl|verifyservercertificate)$/i
const otherOptions = /^(?:ssl_.*|cacertfile|certfile|keyfile|verify|server_name_indication)$/i

type Words = ReadonlyMap<string, string>

/**
 * How the server is spoken to in TLS, as its address says it: by the scheme (`rediss:`, `amqps:`, `mqtts:`, `tls:`),
 * or by what PostgreSQL's and MySQL's clients read in it. `undefined`: in the clear.
 *
 * @throws MortarError `MORTAR_CONFIG_INVALID` when a file that it names cannot be read
 */
export function serverTls(url: string): ClientTls | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, searchParams } = new URL(url)
  const words: Words = new Map(Array.from(searchParams, ([name, value]) => [name.toLowerCase(), value]))
  const trust = /^postgres(?:ql)?:$/.test(protocol)
    ? postgresTrust(words)
    : /^(?:mysql|mariadb):$/.test(protocol)
      ? mysqlTrust(words)
      : protocol in secureSchemes
        ? schemeTrust(words)
        : undefined
  return trust && { servername: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', alpn: [], ...trust }
}

/** The address without anything about TLS: how the server is reached is no business of clients that come to us. */
export function withoutTls(url: string): string {
  const [, before = '', query = '', after = ''] = /^([^?#]*)\??([^#]*)(.*)$/s.exec(url) ?? []
  const scheme = /^[^:]+:/.exec(before)?.[0] ?? ''
  const [options, left] = /^postgres(?:ql)?:$/.test(scheme)
    ? // Left out, it may still mean TLS: some clients ask for it, and a few demand it.
      [postgresOptions, ['sslmode=disable']]
    : [/^(?:mysql|mariadb):$/.test(scheme) ? mysqlOptions : otherOptions, []]
  const pairs = query === '' ? [] : query.split('&')
  const kept = pairs.filter((pair) => !options.test(pair.replace(/=.*$/s, '')))
  const all = kept.length === pairs.length ? kept : [...kept, ...left]
  const plain = `${secureSchemes[scheme] ?? scheme}${before.slice(scheme.length)}`
  return `${plain}${all.length === 0 ? '' : `?${all.join('&')}`}${after}`
}

type Trust = Omit<ClientTls, 'servername' | 'alpn'>

/** As libpq reads it: certificates are checked only where a mode with `verify` says so, or a root is named. */
function postgresTrust(words: Words): Trust | undefined {
  const mode = words.get('sslmode') ?? (isYes(words.get('ssl')) ? 'verify-full' : undefined)
  const root = words.get('sslrootcert')
  const files = filesOf(words, 'sslcert', 'sslkey')
  const ca = root === undefined || root === 'system' ? {} : { ca: [pem(root, 'sslrootcert')] }
  const all = { ...ca, ...files, trustSystem: true }
  if (mode === 'verify-full') return all
  if (mode === 'verify-ca' || (mode === 'require' && root !== undefined)) return { ...all, anyName: true }
  if (mode === 'require' || mode === 'no-verify') return { ...files, rejectUnauthorized: false }
  return undefined
}

/** As MySQL's own clients read it, `mysql2`, JDBC and Prisma. */
function mysqlTrust(words: Words): Trust | undefined {
  const mode = (words.get('ssl-mode') ?? words.get('sslmode') ?? words.get('ssl_mode'))?.toUpperCase().replace('-', '_')
  const root = words.get('ssl-ca') ?? words.get('ssl_ca')
  const all = {
    ...(root !== undefined && { ca: [pem(root, 'ssl-ca')] }),
    ...filesOf(words, 'ssl-cert', 'ssl-key'),
    trustSystem: true,
  }
  if (mode === 'VERIFY_IDENTITY') return all
  if (mode === 'VERIFY_CA') return { ...all, anyName: true }
  if (mode === 'REQUIRED') return { ...all, rejectUnauthorized: false }
  if (words.get('sslaccept') === 'accept_invalid_certs') return { ...all, rejectUnauthorized: false }
  if (words.get('sslaccept') === 'strict') return all
  const ssl = words.get('ssl')
  // What is no yes and no no is the name of a set of roots, which `mysql2` keeps.
  if (ssl !== undefined)
    return ssl.startsWith('{') ? mysql2Trust(ssl) : /^(?:false|0|no|)$/i.test(ssl) ? undefined : all
  if (words.get('tls') === 'skip-verify') return { ...all, rejectUnauthorized: false }
  return isYes(words.get('tls')) || root !== undefined ? all : undefined
}

function mysql2Trust(json: string): Trust {
  let given: unknown
  try {
    given = JSON.parse(json)
  } catch {
    throw new MortarError('MORTAR_CONFIG_INVALID', 'what `ssl` says in the address of the server is no JSON', {
      expected: 'ssl={"rejectUnauthorized":true}',
      seen: json.slice(0, 100),
    })
  }
  const { ca, cert, key, rejectUnauthorized, verifyIdentity } = given as Readonly<Record<string, unknown>>
  return {
    ...(typeof ca === 'string' && { ca: [ca] }),
    ...(typeof cert === 'string' && { cert }),
    ...(typeof key === 'string' && { key }),
    trustSystem: true,
    ...(rejectUnauthorized === false && { rejectUnauthorized }),
    // Its default is to look at the authority only.
    ...(verifyIdentity !== true && { anyName: true }),
  }
}

/** As RabbitMQ's and redis-py's clients read it. */
function schemeTrust(words: Words): Trust {
  const root = words.get('cacertfile') ?? words.get('ssl_ca_certs')
  const unchecked = words.get('verify') === 'verify_none' || words.get('ssl_cert_reqs')?.toLowerCase() === 'none'
  return {
    ...(root !== undefined && { ca: [pem(root, 'cacertfile')] }),
    ...filesOf(words, 'certfile', 'keyfile'),
    ...filesOf(words, 'ssl_certfile', 'ssl_keyfile'),
    trustSystem: true,
    ...(unchecked && { rejectUnauthorized: false }),
  }
}

function isYes(word: string | undefined): boolean {
  return word !== undefined && /^(?:true|1|yes)$/i.test(word)
}

function filesOf(words: Words, cert: string, key: string): Pick<Trust, 'cert' | 'key'> {
  const [certFile, keyFile] = [words.get(cert), words.get(key)]
  return certFile === undefined || keyFile === undefined ? {} : { cert: pem(certFile, cert), key: pem(keyFile, key) }
}

function pem(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MortarError('MORTAR_CONFIG_INVALID', `the file that \`${name}\` names in the address cannot be read`, {
      expected: 'a file in PEM',
      seen: `${path}: ${(cause as NodeJS.ErrnoException).code}`,
      cause,
    })
  }
}
