import { MortarError } from '../../core/errors.ts'
import { closestWord } from '../../core/closest-word.ts'
import type { Protocol } from '../../core/protocol.ts'
import { httpProtocol } from '../../protocols/http/http-protocol.ts'
import type { HttpQuestion, HttpReply } from '../../protocols/http/message.ts'
import { makeAddressBook } from '../../run/address-book.ts'
import { serviceAtHost } from '../../run/init/known-services.ts'
import { namesOfHost } from '../../run/init/name-boundary.ts'
import type { LoadedConfig } from '../../run/loaded-config.ts'

/** Tells which boundary an address belongs to, and counts those that belong to none. */
export interface Claims {
  /** Name of the boundary; empty when there is none. */
  readonly boundary: (url: string) => string
  readonly protocol: (boundary: string) => Protocol<HttpQuestion, HttpReply>
}

/** An address that no boundary of the config claims. */
export interface Unclaimed {
  readonly origin: string
  readonly exchanges: number
  /** The boundary of the same service, if there is one, to which the address could be added. */
  readonly boundary: string | null
  /** The line that would claim it: of that boundary, or of `boundaries` in the config. */
  readonly line: string
}

/**
 * @param only - Name of the boundary that gets everything, whatever its address.
 * @throws MortarError `MORTAR_USAGE` when there is no boundary `only`
 */
export function claimsOf(config: LoadedConfig, only: string | undefined): Claims {
  const boundaries = config.boundaries.filter(({ input }) => input.protocol === 'http')
  if (only !== undefined && !boundaries.some(({ name }) => name === only)) {
    const names = boundaries.map(({ name }) => name)
    const near = closestWord(only, names)
    throw new MortarError('MORTAR_USAGE', `the config has no http boundary \`${only}\``, {
      expected: names.join(', ') || 'none: the config declares no http boundary',
      hint: near === undefined ? '`mortar map` lists the boundaries.' : `Did you mean \`${near}\`?`,
    })
  }
  const book = makeAddressBook(boundaries.map(({ name, origins }) => ({ origins, value: name })))
  const protocols = new Map<string, Protocol<HttpQuestion, HttpReply>>()
  return {
    boundary: (url) => only ?? book.byUrl(url)?.value ?? '',
    protocol(name) {
      let protocol = protocols.get(name)
      if (!protocol) {
        protocol = httpProtocol(boundaries.find((each) => each.name === name)?.input ?? {})
        protocols.set(name, protocol)
      }
      return protocol
    },
  }
}

/** Counts addresses and says for each how it would become a boundary, the most frequent first. */
export function unclaimedOrigins(urls: readonly string[], config: LoadedConfig): readonly Unclaimed[] {
  const counts = new Map<string, number>()
  for (const url of urls) {
    const origin = originOf(url)
    counts.set(origin, (counts.get(origin) ?? 0) + 1)
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([origin, exchanges]) => {
      // A recording of ours that was edited since may hold any text for an address.
      const { hostname, port } = URL.parse(origin) ?? { hostname: '', port: '' }
      const names = namesOfHost(hostname || 'service', Number(port) || undefined)
      const kin = config.boundaries.find(({ input, origins }) => {
        const host = new URL(origins[0] ?? 'http://-').hostname
        return input.protocol === 'http' && host.includes('.') && namesOfHost(host, undefined)[0] === names[0]
      })
      if (kin) return { origin, exchanges, boundary: kin.name, line: `aliases: ['${origin}'],` }
      const known = serviceAtHost(hostname)?.name
      const taken = new Set(config.boundaries.map((each) => each.name))
      const name =
        [...(known === undefined ? [] : [known]), ...names].find((each) => !taken.has(each)) ?? `${names[0]}2`
      return { origin, exchanges, boundary: null, line: `${name}: http({ origin: '${origin}' }),` }
    })
}

function originOf(url: string): string {
  const origin = URL.parse(url)?.origin ?? 'null'
  return origin === 'null' ? url : origin
}
