import { existsSync, readFileSync } from 'node:fs'
import { MortarError } from '../../core/errors.ts'
import type { Exchange, TestRef } from '../../core/exchange.ts'
import { noRedaction, type Redaction } from '../../core/redaction.ts'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import { detectSecrets } from '../../core/redaction/detect-secrets.ts'
import type { HttpQuestion, HttpReply } from '../../protocols/http/message.ts'
import type { Cassette } from '../../store/cassette.ts'
import type { Cassettes } from '../../store/cassettes.ts'
import type { LoadedConfig } from '../../run/loaded-config.ts'
import type { Claims } from './claim.ts'

/** What became of one cassette. */
export interface KeptCassette {
  /** Absolute path. */
  readonly file: string
  readonly test: TestRef
  readonly exchanges: number
  readonly redactions: number
  readonly state: 'new' | 'changed' | 'unchanged' | 'planned'
  /** When the oldest and the newest was recorded, milliseconds since the epoch. */
  readonly oldestAt: number
  readonly newestAt: number
}

/** Exchanges for one cassette. */
export interface Batch {
  readonly test: TestRef
  /** The tool and files they come from; what came from there before is replaced. */
  readonly by: string
  readonly exchanges: readonly Exchange<HttpQuestion, HttpReply>[]
}

/**
 * Redacts imported exchanges and keeps them in a cassette. Doing so again changes nothing.
 *
 * @param dryRun - Only say what would be done.
 * @throws MortarError `MORTAR_SECRET_DETECTED`, `MORTAR_WRITE_FAILED`
 */
export function keepRecordings(
  { test, by, exchanges }: Batch,
  {
    config,
    claims,
    cassettes,
    dryRun,
  }: { config: LoadedConfig; claims: Claims; cassettes: Cassettes; dryRun: boolean },
): KeptCassette {
  const file = cassettes.path(test)
  const { redacted, redactions } = redact(exchanges, test, config, claims)
  const times = redacted.map(({ askedAt }) => askedAt).toSorted((a, b) => a - b)
  const facts = { file, test, exchanges: redacted.length, oldestAt: times[0] ?? 0, newestAt: times.at(-1) ?? 0 }
  if (dryRun) return { ...facts, redactions: redactions.length, state: 'planned' }
  const former = readFormer(cassettes, test)
  const replaces = former === undefined || former.recorded.by === by
  const known = new Set(replaces ? [] : former.exchanges.map(({ id, askedAt }) => `${id} ${askedAt}`))
  const added = redacted.filter(({ id, askedAt }) => !known.has(`${id} ${askedAt}`))
  if (added.length === 0) return { ...facts, redactions: redactions.length, state: 'unchanged' }
  const before = textOf(file)
  const options = config.redact
  const newest = Math.max(facts.newestAt, replaces ? 0 : Date.parse(former.recorded.at))
  cassettes.save(test, added as readonly Exchange[], replaces ? 'replace' : 'append', {
    redactions,
    ...(options !== false && { detect: (text) => detectSecrets(text, options.allow, options.entropy) }),
    recorded: {
      at: new Date(newest).toISOString(),
      // What was recorded here stays said to be.
      ...(replaces
        ? { by, on: 'unknown', ci: false }
        : { by: former.recorded.by, on: former.recorded.on, ci: former.recorded.ci }),
    },
  })
  const state = before === undefined ? 'new' : before === textOf(file) ? 'unchanged' : 'changed'
  return { ...facts, redactions: redactions.length, state }
}

function redact(
  exchanges: Batch['exchanges'],
  test: TestRef,
  config: LoadedConfig,
  claims: Claims,
): { redacted: readonly Exchange<HttpQuestion, HttpReply>[]; redactions: readonly Redaction[] } {
  const redactor = config.redact === false ? noRedaction : createRedactor(config.redact)
  const redacted = exchanges.map((exchange) => ({
    ...exchange,
    test,
    ...claims
      .protocol(exchange.boundary)
      .redact({ question: exchange.question, messages: exchange.messages }, redactor),
  }))
  return { redacted, redactions: redactor.take() }
}

/** A cassette that cannot be read is replaced when its own source is imported again: that repairs it. */
function readFormer(cassettes: Cassettes, test: TestRef): Cassette | undefined {
  try {
    return cassettes.load(test)
  } catch (error) {
    if (MortarError.is(error, 'MORTAR_CASSETTE_UNREADABLE') && test.file === '') return undefined
    throw error
  }
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
