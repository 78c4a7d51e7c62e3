import { anyText } from '../core/any-value.ts'
import { recordModes, risks } from '../core/boundary.ts'
import { processIsolations } from '../core/process-isolation.ts'
import { vhostIsolations } from '../core/vhost-isolation.ts'
import { parseDuration } from '../core/duration.ts'
import { parseMemory } from '../core/memory-size.ts'
import { mysqlIsolations } from '../protocols/mysql/test-database.ts'
import { postgresIsolations, toleratedPitfalls } from '../protocols/postgres/test-database.ts'
import { signatureSchemeNames } from '../protocols/http/webhook/boundary.ts'
import { failOnWords } from './matrix/fail-on.ts'
import {
  boolean,
  type Check,
  either,
  fn,
  object,
  oneOf,
  port,
  positive,
  recordOf,
  type Shape,
  string,
  strings,
  stringsOrExpressions,
} from './check-shape.ts'
import { wordTable } from '../core/word-table.ts'

const duration: Check = {
  expected: 'a duration such as 12h, 7d or 4w',
  accepts: (value) => typeof value === 'string' && parseDuration(value) !== undefined,
}

const redact = object({
  headers: strings,
  query: strings,
  fields: strings,
  paths: recordOf('JSON paths', (value) => typeof value === 'string'),
  patterns: recordOf('regular expressions', (value) => value instanceof RegExp),
  allow: stringsOrExpressions,
  entropy: boolean,
})

const matrix = object({
  allow: { expected: 'a list of rules', accepts: Array.isArray },
  budget: {
    expected: 'a time such as 60s or 10m',
    accepts: (value) => typeof value === 'string' && parseDuration(value) !== undefined,
  },
  memory: {
    expected: 'a size such as 512MiB or 4GiB',
    accepts: (value) => typeof value === 'string' && parseMemory(value) !== undefined,
  },
  exclude: strings,
  failOn: oneOf(failOnWords),
  settle: string,
  messages: boolean,
  env: strings,
})

/** The keys of a config. */
export const configShape: Shape = {
  test: string,
  boundaries: recordOf('boundaries', (value) => typeof value === 'object' && value !== null),
  cassettes: string,
  record: oneOf(recordModes),
  unknown: oneOf(['error', 'passthrough']),
  allow: strings,
  redact: either({ expected: 'false', accepts: (value) => value === false }, redact),
  matrix,
  findings: object({ ignore: { expected: 'a list of rules', accepts: Array.isArray }, fail: strings }),
}

const anyBoundary: Shape = {
  protocol: string,
  origin: string,
  aliases: strings,
  owner: string,
  risk: oneOf(risks),
  env: string,
  port,
  record: oneOf(recordModes),
  refreshEvery: duration,
  stale: oneOf(['warn', 'fail']),
  pace: either(oneOf(['instant', 'real']), positive),
  repeat: oneOf(['none', 'last']),
  timeoutMs: positive,
}

const httpMatch = object({
  headers: strings,
  ignore: strings,
  body: oneOf(['meaning', 'bytes']),
  normalize: fn,
  same: fn,
})

/** What every dependency has that can be started. */
const anyService: Shape = {
  ...anyBoundary,
  version: string,
  image: string,
  compose: either(string, { expected: 'false', accepts: (value) => value === false }),
  settings: recordOf('settings: strings, numbers, true or false', (value) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  ),
}

const migrationCommand = object({ command: either(string, strings), inputs: strings, timeoutMs: positive })

const rowsOfTables = recordOf('rows by table', (value) => Array.isArray(value) && value.every(isRecord))

const volume = recordOf(
  'numbers of rows by table, or of { rows, columns }',
  (value) => isCount(value) || (isRecord(value) && isCount(value['rows'])),
)

const anyPostgres: Shape = {
  ...anyService,
  isolation: oneOf(postgresIsolations),
  pinTolerates: {
    expected: `a list of ${toleratedPitfalls.join(' or ')}`,
    accepts: (value) => Array.isArray(value) && value.every((each) => toleratedPitfalls.includes(each)),
  },
  migrations: either(string, migrationCommand),
  seed: either(either(string, fn), rowsOfTables),
  volume,
  graceMs: positive,
}

/** The keys of a boundary, by protocol. */
export const boundaryShapes: Readonly<Record<string, Shape>> = wordTable({
  http: { ...anyBoundary, contract: string, match: httpMatch },
  tcp: anyBoundary,
  webhook: {
    protocol: string,
    path: { expected: 'a path such as /webhooks/stripe', accepts: (value) => /^\/\S*$/.test(anyText(value)) },
    owner: string,
    risk: oneOf(risks),
    origin: string,
    env: string,
    port,
    signature: object({ scheme: oneOf(signatureSchemeNames), secretEnv: string }),
    timeoutMs: positive,
  },
  postgres: anyPostgres,
  mysql: {
    ...anyService,
    isolation: oneOf(mysqlIsolations),
    migrations: either(string, migrationCommand),
    seed: either(either(string, fn), rowsOfTables),
    graceMs: positive,
  },
  redis: { ...anyService, isolation: oneOf(processIsolations) },
  amqp: { ...anyService, isolation: oneOf(vhostIsolations), graceMs: positive },
  nats: { ...anyService, isolation: oneOf(processIsolations) },
  mqtt: { ...anyService, isolation: oneOf(processIsolations) },
})

/** The schemes an origin may have, by protocol. */
export const originSchemes: Readonly<Record<string, readonly string[]>> = wordTable({
  http: ['http:', 'https:'],
  tcp: ['tcp:', 'tls:'],
  webhook: ['http:', 'https:'],
  postgres: ['postgres:', 'postgresql:'],
  mysql: ['mysql:', 'mariadb:'],
  redis: ['redis:', 'rediss:'],
  amqp: ['amqp:', 'amqps:'],
  nats: ['nats:', 'tls:'],
  mqtt: ['mqtt:', 'mqtts:', 'tcp:', 'tls:'],
})

/** Protocols whose boundaries need no origin: where there is no server, one is started. */
export const startableProtocols: ReadonlySet<string> = new Set(['postgres', 'mysql', 'redis', 'amqp', 'nats', 'mqtt'])

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}
