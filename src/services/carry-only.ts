import type { ServiceBoundaryOptions } from '../core/boundary.ts'
import { listenForWire, type WireListenerOptions } from '../engine/wire-listener.ts'
import { type WireName, wires } from '../protocols/wires.ts'
import type { Isolate } from './isolation.ts'
import { serverTls, withoutTls } from './server-tls.ts'

/** An address that leads to the server as it is: what tests leave behind stays for the next one. */
export function carryOnly(protocol: WireName): Isolate<ServiceBoundaryOptions, never, never> {
  return async ({ url, boundary, port, recorder, faults, clients }) => {
    const server = serverOf(url, defaultPorts[protocol])
    const tls = serverTls(url)
    const options = {
      wire: await wires[protocol](),
      target: server,
      purpose: `the boundary ${boundary}`,
      faults,
      recorder,
      ...clients,
      ...(tls && { tls }),
    }
    const listener = await listenForWire({
      ...(options as unknown as WireListenerOptions<never, never>),
      ...(port !== undefined && { port }),
    })
    return {
      url: movedUrl(url, listener),
      direct: url,
      shared: true,
      next: async () => [],
      close: () => listener.close(),
    }
  }
}

const defaultPorts: Readonly<Record<WireName, number>> = {
  postgres: 5432,
  mysql: 3306,
  redis: 6379,
  amqp: 5672,
  nats: 4222,
  mqtt: 1883,
}

/** Where servers listen for TLS alone, by scheme. */
export const securePorts: Readonly<Record<string, number>> = { 'amqps:': 5671, 'mqtts:': 8883, 'ssl:': 8883 }

/** Host and port of an address such as `redis://cache.local:6380/2`. */
export function serverOf(url: string, defaultPort: number): { readonly host: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(port || (securePorts[protocol] ?? defaultPort)),
  }
}

/** The same address at another host and port, without TLS; account, path and the rest of the query stay. */
export function movedUrl(url: string, { host, port }: { readonly host: string; readonly port: number }): string {
  // `URL` does not let an address without a host have a port.
  const [, scheme = '', account = '', rest = ''] = /^([^:]+:\/\/)(?:([^@/]*@))?[^/?]*(.*)$/s.exec(withoutTls(url)) ?? []
  return `${scheme}${account}${host}:${port}${rest}`
}
