import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

/**
 * Makes an in-memory socket look like a TLS socket after a good handshake. Nothing is encrypted: the bytes never
 * leave this process.
 */
export function dressAsTls(
  socket: Socket,
  options: ConnectionOptions,
  offered: readonly string[] = ['http/1.1'],
): void {
  const asked = protocols(options.ALPNProtocols)
  const chosen = asked.length === 0 ? false : (offered.find((name) => asked.includes(name)) ?? asked[0] ?? false)
  Object.assign(socket, {
    encrypted: true,
    authorized: true,
    authorizationError: null,
    alpnProtocol: chosen,
    servername: options.servername ?? options.host ?? '',
    secureConnecting: false,
    getPeerCertificate: () => ({}),
    getPeerX509Certificate: () => undefined,
    getCertificate: () => ({}),
    getCipher: () => ({ name: 'TLS_AES_256_GCM_SHA384', standardName: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3' }),
    getProtocol: () => 'TLSv1.3',
    getSession: () => undefined,
    getFinished: () => undefined,
    getPeerFinished: () => undefined,
    getTLSTicket: () => undefined,
    getEphemeralKeyInfo: () => ({}),
    isSessionReused: () => false,
    setServername: () => undefined,
    setMaxSendFragment: () => true,
    disableRenegotiation: () => undefined,
    enableTrace: () => undefined,
  })
}

function protocols(list: unknown): readonly string[] {
  if (Array.isArray(list)) return list.filter((name) => typeof name === 'string')
  return []
}
