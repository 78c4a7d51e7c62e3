import { relative, sep } from 'node:path'
import { MortarError } from '../core/errors.ts'
import type { Exchange, TestRef } from '../core/exchange.ts'
import type { RedactionOptions } from '../core/redaction.ts'
import { type DetectedSecret, detectSecrets } from '../core/redaction/detect-secrets.ts'
import { makeLikeness } from './changes/likeness.ts'
import type { Kept } from './recorder.ts'
import type { RunContext } from './run-context.ts'
import { realNow } from '../core/real-clock.ts'
import { plural } from './wording.ts'

/** How a session ended, and what was written. */
export interface SessionResult {
  /** Path of the cassette relative to the project; `undefined` when nothing was written. */
  readonly saved: string | undefined
  /** How many exchanges were written. */
  readonly exchanges: number
  /** Why recorded exchanges were not saved. */
  readonly unsaved: string | undefined
}

/** What a session recorded. */
export interface Recorded {
  readonly test: TestRef
  readonly passed: boolean
  /** By boundary: takes the place of what the cassette holds of it. */
  readonly replaced: readonly Kept[]
  /** Stands beside what the cassette holds. */
  readonly added: readonly Kept[]
}

/**
 * Saves what a session recorded, unless its test failed: half a recording would make the next run fail for another
 * reason. It stays in the journal, for people to look at.
 *
 * @throws MortarError `MORTAR_SECRET_DETECTED`, `MORTAR_WRITE_FAILED`
 */
export function saveSession(run: RunContext, { test, passed, replaced, added }: Recorded): SessionResult {
  const all = [...replaced, ...added]
  if (all.length === 0) return { saved: undefined, exchanges: 0, unsaved: undefined }
  if (!passed) {
    const unsaved = `${plural(all.length, 'recorded exchange')} of "${test.name}" not saved, because the test failed`
    run.journal.write({ t: 'warning', at: realNow(), code: 'MORTAR_NOT_SAVED', message: unsaved }, 'now')
    return { saved: undefined, exchanges: 0, unsaved }
  }
  const renewed = new Set(replaced.map(({ exchange }) => exchange.boundary))
  const redactions = all.flatMap((kept) => kept.redactions)
  try {
    const { file } = run.cassettes.save(
      test,
      all.map(({ exchange }) => exchange as Exchange),
      renewed.size > 0 ? 'replace' : 'append',
      {
        redactions,
        keep: ({ boundary }) => !renewed.has(boundary),
        likeness: makeLikeness(run.boundaries),
        ...(run.config.redact !== false && { detect: detector(run.config.redact) }),
      },
    )
    const saved = relative(run.config.directory, file).split(sep).join('/')
    const event = { cassette: saved, exchanges: all.length, redactions: redactions.length }
    run.journal.write({ t: 'saved', at: realNow(), ...event }, 'now')
    return { saved, exchanges: all.length, unsaved: undefined }
  } catch (error) {
    if (MortarError.is(error)) {
      run.journal.write({ t: 'warning', at: realNow(), code: error.code, message: error.reason }, 'now')
    }
    throw error
  }
}

/** Sees what redaction has missed, but not what the team allows. */
function detector({ allow, entropy }: RedactionOptions): (text: string) => readonly DetectedSecret[] {
  return (text) => detectSecrets(text, allow, entropy)
}
