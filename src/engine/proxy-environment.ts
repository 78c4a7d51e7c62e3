import type { Certificates } from './certificates.ts'
import { excludes, upstreamProxies, upstreamVariables } from './upstream-proxy.ts'

/** What the environment of a child process is made from. */
export interface ProxyEnvironmentOptions {
  /** `http://127.0.0.1:40123` */
  readonly proxyUrl: string
  /** Says whose requests they are; the user part of the proxy's address. */
  readonly credential?: string
  readonly certificates: Certificates
  /** Hosts that must come through the proxy even if the user's `NO_PROXY` names them: those of the boundaries. */
  readonly proxied?: readonly string[]
  /** Our own addresses, `host:port`, which stay direct even where their host is one of a boundary. */
  readonly own?: readonly string[]
  /** The environment that the result is added to (default: of this process). */
  readonly env?: NodeJS.ProcessEnv
}

const direct = ['localhost', '127.0.0.1', '::1']

/**
 * Variables that send the HTTP and HTTPS of a program in any language through the proxy, and make it trust the test
 * authority. This machine stays direct, and so does what the user's `NO_PROXY` names, unless a boundary is there; the
 * proxy itself goes on through the user's own proxy, if there is one.
 */
export async function proxyEnvironment(options: ProxyEnvironmentOptions): Promise<Record<string, string>> {
  const { proxyUrl, credential, certificates, proxied = [], own = [], env = process.env } = options
  const url = new URL(proxyUrl)
  if (credential) {
    url.username = encodeURIComponent(credential)
    // Python sends no credential that has no password.
    url.password = 'mortar'
  }
  const address = url.href.replace(/\/$/, '')
  const user = upstreamProxies(env)
  // What stays direct is never seen, so a rule that covers everything, or a boundary, may not be handed on.
  const kept = [...direct, ...user.none].filter((rule) => rule !== '*' && !proxied.some((host) => excludes(rule, host)))
  const none = [...new Set([...kept, ...own])].join(',')
  return {
    HTTP_PROXY: address,
    HTTPS_PROXY: address,
    http_proxy: address,
    https_proxy: address,
    NO_PROXY: none,
    no_proxy: none,
    // Node from 24 on; older ones ignore it.
    NODE_USE_ENV_PROXY: '1',
    [upstreamVariables.http]: user.http ?? '',
    [upstreamVariables.https]: user.https ?? '',
    [upstreamVariables.none]: user.none.join(','),
    ...(await certificates.environment(env)),
  }
}
