import tls, { type SecureContext } from 'node:tls'

/** How to speak TLS to a service. Certificates and keys are PEM text. */
export interface ClientTls {
  /** The name whose certificate is expected; an IP address is checked but not sent. */
  readonly servername: string
  /** Protocols offered, best first: `['h2', 'http/1.1']`. */
  readonly alpn: readonly string[]
  /** Authorities to trust besides those that node trusts. */
  readonly ca?: readonly string[]
  /** Trust the machine's own store as well, for clients that are not Node (default false). Read once, takes 50 ms. */
  readonly trustSystem?: boolean
  /** Client certificate with its chain. */
  readonly cert?: string
  readonly key?: string
  /** Default true. */
  readonly rejectUnauthorized?: boolean
  /** Any name will do, as long as the authority is trusted (default false). */
  readonly anyName?: boolean
}

const contexts = new Map<string, SecureContext>()

/** The context for these options, made once; `undefined` where node's own default says it all. */
export function clientContext({ ca = [], trustSystem = false, cert, key }: ClientTls): SecureContext | undefined {
  if (ca.length === 0 && !trustSystem && cert === undefined) return undefined
  const name = JSON.stringify([ca, trustSystem, cert, key])
  let context = contexts.get(name)
  if (!context) {
    const roots = [...tls.getCACertificates('default'), ...(trustSystem ? tls.getCACertificates('system') : []), ...ca]
    context = tls.createSecureContext({ ca: [...new Set(roots)], ...(cert && { cert }), ...(key && { key }) })
    contexts.set(name, context)
  }
  return context
}
