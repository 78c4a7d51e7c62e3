import { relative, sep } from 'node:path'
import type { JournalEvent } from '../../store/journal-event.ts'
import { detect } from '../../timeline/detect.ts'
import type { TimelineFinding } from '../../timeline/finding.ts'
import { diagnose, type Patient } from '../../timeline/diagnosis/diagnose.ts'
import type { Diagnosis } from '../../timeline/diagnosis/diagnosis.ts'
import { type FindingRules, sift } from '../../timeline/finding-rules.ts'
import { byTest, keyOfTest, type Timeline } from '../../timeline/moment.ts'
import type { Observed } from '../summary/input.ts'
import type { ReadTimelineOptions } from './read-timeline.ts'
import { writeArtifacts } from './write-artifacts.ts'

/** Of which run, and how it went. */
export interface ObserveOptions extends ReadTimelineOptions {
  /** Whether the test command said that all was well. */
  readonly passed: boolean
  readonly rules: FindingRules
  /** Milliseconds since the epoch. */
  readonly now: number
  /** What was found out beside the timeline. */
  readonly more?: readonly TimelineFinding[]
}

/**
 * Looks through the timeline of a run, says of each failed test which boundary broke, and keeps its timeline with what
 * was said as files.
 *
 * @throws MortarError `MORTAR_WRITE_FAILED`
 */
export function observe(timeline: Timeline, events: readonly JournalEvent[], options: ObserveOptions): Observed {
  const all = [...detect(timeline), ...(options.more ?? [])]
  const sifted = sift(all, timeline.moments, options.rules, options.now)
  const { findings } = sifted
  const moments = byTest(timeline.moments)
  const diagnoses = new Map<string, Diagnosis>()
  const artifacts = new Map<string, string>()
  for (const patient of patientsOf(timeline, events, options.passed)) {
    const key = keyOfTest(patient.test)
    const diagnosis = diagnose(patient)
    diagnoses.set(key, diagnosis)
    if ((moments.get(key) ?? []).length === 0) continue
    const shown = { patient, diagnosis, timeline, findings: findings.filter(({ test }) => keyOfTest(test) === key) }
    const file = writeArtifacts(options.runDirectory, shown)
    artifacts.set(key, relative(options.projectDirectory, file).split(sep).join('/'))
  }
  return { ...sifted, diagnoses, artifacts }
}

/** What did not go well: failed and unfinished tests; where no test is known, the command as a whole if it failed. */
export function patientsOf(timeline: Timeline, events: readonly JournalEvent[], passed: boolean): readonly Patient[] {
  const moments = byTest(timeline.moments)
  const misses = Map.groupBy(
    events.filter((event) => event.t === 'miss'),
    ({ test }) => keyOfTest(test),
  )
  const refused = Map.groupBy(
    events.filter((event) => event.t === 'unknown').filter(({ policy }) => policy === 'error'),
    ({ test }) => keyOfTest(test),
  )
  const failed = timeline.tests.filter(({ state }) => state === 'failed' || state === 'unfinished')
  const { endedAt } = timeline
  const startedAt = timeline.moments[0]?.at ?? endedAt
  const command = { test: null, error: null, startedAt, endedAt, durationMs: endedAt - startedAt }
  const all = timeline.tests.length === 0 && !passed ? [command] : failed
  return all.map((one) => {
    const key = keyOfTest(one.test)
    const addresses = (refused.get(key) ?? []).map(({ address }) => address)
    return { ...one, moments: moments.get(key) ?? [], refused: addresses, misses: misses.get(key) ?? [] }
  })
}
