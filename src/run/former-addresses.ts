import type { LocalConnection } from '../core/asker.ts'
import { openConnection } from '../engine/connect.ts'
import { openInProcessDoor } from '../engine/in-process.ts'
import { joinConnections } from '../engine/join-connections.ts'
import type { Destination } from '../engine/memory-socket.ts'
import { originals } from '../engine/originals.ts'
import { sessionSnapshot } from './current-session.ts'
import type { WorkerServers } from './worker-servers.ts'

/**
 * The addresses of servers that this process' variables had when it began to attach: a program that is loaded meanwhile
 * has read them, and asks there for good.
 */
export interface FormerAddresses {
  /** Carries a connection to one of them, as soon as it is known where; `undefined`: it is to none. */
  take(to: Destination): ((client: LocalConnection) => void) | undefined
  /** Ends the door that has held connections back until another one asks {@link take}. */
  handOver(): void
  /** From here on, what is one of `servers` by its variable is led to its address, and all else is left alone. */
  settle(servers: WorkerServers | undefined): void
}

/** Ports of the schemes by which servers are named; what begins with TLS would have to be met as such, and is not led. */
const ports: Readonly<Record<string, number>> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'mysql:': 3306,
  'mariadb:': 3306,
  'redis:': 6379,
  'amqp:': 5672,
  'nats:': 4222,
  'mqtt:': 1883,
}

/** Holds connections to the servers that the variables name; by the time it returns, none gets past it. */
export function holdFormerAddresses(env: NodeJS.ProcessEnv): FormerAddresses {
  const known = addressesIn(env)
  const names = new Set(Object.keys(env))
  const told = new Set<string>()
  const { promise: settled, resolve } = Promise.withResolvers<WorkerServers | undefined>()
  let found: { readonly servers: WorkerServers | undefined } | undefined

  function serverOf(servers: WorkerServers | undefined, address: string): string | undefined {
    const variables = known.get(address) ?? []
    const led = variables.filter((name) => servers?.variables[name] !== undefined)
    // Where another variable names the same server, one cannot tell which of them is meant.
    return led.length === 1 && variables.length === 1 ? led[0] : undefined
  }

  /** The variable of a server that was set too late for a client which asks where such servers usually are. */
  function unset(servers: WorkerServers | undefined, address: string): string | undefined {
    return Object.entries(servers?.variables ?? {}).find(
      ([name, url]) => !names.has(name) && address === addressOf('127.0.0.1', ports[new URL(url).protocol] ?? 0),
    )?.[0]
  }

  async function carry(client: LocalConnection, to: Destination, address: string): Promise<void> {
    const servers = await settled
    const variable = serverOf(servers, address)
    if (servers && variable !== undefined) return servers.carry(variable, client)
    const { host, port } = to
    const signal = new AbortController().signal
    const own = await openConnection({ host, port, timeoutMs: 10_000, signal, allowHalfOpen: true })
    await joinConnections(client, own)
  }

  const take: FormerAddresses['take'] = (to) => {
    const address = addressOf(to.host, to.port)
    const late = found && unset(found.servers, address)
    if (late !== undefined && !told.has(late)) {
      told.add(late)
      process.stderr.write(
        `mortar: a client asks at ${address}, since ${late} was not set when it was made. Run \`mortar run -- node --test\`, or make the client when it is first used.\n`,
      )
    }
    if (to.tls || !known.has(address) || (found && serverOf(found.servers, address) === undefined)) return undefined
    return (client) => void carry(client, to, address).catch((error: Error) => client.destroy(error))
  }
  const close =
    known.size === 0
      ? undefined
      : openInProcessDoor({
          connection(to) {
            const serve = take(to)
            return serve ? { serve } : 'passthrough'
          },
          snapshot: sessionSnapshot,
          fetch: originals.fetch,
        })
  return {
    take,
    handOver: () => close?.(),
    settle(servers) {
      found = { servers }
      resolve(servers)
    },
  }
}

/** The variables that name each address. */
function addressesIn(env: NodeJS.ProcessEnv): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, string[]>()
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !URL.canParse(value)) continue
    const { protocol, hostname, port } = new URL(value)
    const usual = Object.hasOwn(ports, protocol) ? ports[protocol] : undefined
    if (usual === undefined || hostname === '') continue
    const address = addressOf(hostname.replace(/^\[|\]$/g, ''), Number(port) || usual)
    known.set(address, [...(known.get(address) ?? []), name])
  }
  return known
}

/** Clients name this machine in several ways, and mean the same server. */
function addressOf(host: string, port: number): string {
  return `${host === 'localhost' || host === '::1' ? '127.0.0.1' : host}:${port}`
}
