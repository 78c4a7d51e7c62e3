import type { Evidence, Unattached } from './evidence.ts'

/** A variable that a source file reads from its environment. */
export interface VariableRead {
  readonly name: string
  /** `src/db.js:3` */
  readonly where: string
}

/** A driver that the project depends on, also where only its development does. */
export interface FoundDriver extends Evidence {
  /** `postgres`, `redis`. */
  readonly protocol: string
}

const ofJavaScript = /\.[cm]?[jt]sx?$|\.(?:vue|svelte)$/
const named = /\bprocess\.env(?:\.|\[['"])([A-Z][A-Z0-9_]*)/g
const takenApart = /\{([^{}]*)\}\s*=\s*process\.env\b/g

/** Finds the variables that a JavaScript source reads, lines of comments left out. */
export function readsOf(text: string, path: string): readonly VariableRead[] {
  if (!ofJavaScript.test(path) || !text.includes('process.env')) return []
  return text.split('\n').flatMap((line, at) => {
    if (/^\s*(?:\/\/|\/?\*)/.test(line)) return []
    const names = [
      ...[...line.matchAll(named)].map(([, name]) => name!),
      ...[...line.matchAll(takenApart)].flatMap(
        ([, inside]) => inside!.match(/\b[A-Z][A-Z0-9_]*(?=\s*(?:[,:=]|$))/g) ?? [],
      ),
    ]
    return names.map((name) => ({ name, where: `${path}:${at + 1}` }))
  })
}

/** Words that only servers of one kind have in their names, then those that several kinds may have. */
const words: Readonly<Record<string, readonly [own: RegExp, shared: RegExp]>> = {
  postgres: [/^(?:PG|POSTGRES|POSTGRESQL)$/, /^(?:DATABASE|DB|SQL)$/],
  mysql: [/^(?:MYSQL|MARIADB)$/, /^(?:DATABASE|DB|SQL)$/],
  redis: [/^(?:REDIS|VALKEY)$/, /^CACHE$/],
  amqp: [/^(?:AMQP|RABBIT|RABBITMQ|CLOUDAMQP)$/, /^BROKER$/],
  nats: [/^NATS$/, /^BROKER$/],
  mqtt: [/^MQTT$/, /^BROKER$/],
}

const address = /_?(?:URL|URI|DSN|CONNECTION_STRING)$/
/** Other ways to what another variable leads to, or what only tools read. */
const besides = /(?:^|_)(?:TEST|SHADOW|DIRECT|REPLICA|READONLY|RO)(?:_|$)/

/**
 * Servers whose address the program takes from a variable: named as servers of that kind are, where the project has a
 * driver for them. What several drivers could mean is left out.
 *
 * @param taken - Variables that lead elsewhere.
 */
export function matchVariables(
  reads: readonly VariableRead[],
  drivers: readonly FoundDriver[],
  taken: ReadonlySet<string>,
): readonly Unattached[] {
  const protocols = [...new Set(drivers.map(({ protocol }) => protocol))]
  return reads.flatMap(({ name, where }): Unattached[] => {
    if (taken.has(name) || !address.test(name) || besides.test(name)) return []
    const parts = name.replace(address, '').split('_')
    const having = (which: 0 | 1): readonly string[] =>
      protocols.filter((protocol) => parts.some((part) => words[protocol]?.[which].test(part)))
    const own = having(0)
    const [protocol, ...others] = own.length > 0 ? own : having(1)
    if (protocol === undefined || others.length > 0) return []
    return [{ protocol, address: ` (${name})`, where, why: `reads ${name}` }]
  })
}
