import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import { readJournal } from '../../store/read-journal.ts'
import type { Run } from '../../store/runs.ts'
import { detect } from '../../timeline/detect.ts'
import { diagnose } from '../../timeline/diagnosis/diagnose.ts'
import type { Diagnosis } from '../../timeline/diagnosis/diagnosis.ts'
import type { TimelineFinding } from '../../timeline/finding.ts'
import { sift } from '../../timeline/finding-rules.ts'
import { byTest, keyOfTest, type TimelineTest } from '../../timeline/moment.ts'
import { type Row, rowsOf } from '../../timeline/text/rows.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { patientsOf } from './observe.ts'
import { readTimeline } from './read-timeline.ts'

/** What a run has of one test, or of what happened outside of any when `test` is null. */
export interface TestTimeline {
  readonly test: TestRef | null
  readonly state: TimelineTest['state'] | 'outside'
  readonly error: string | null
  /** Null when it did not end. */
  readonly durationMs: number | null
  readonly exchanges: number
  readonly findings: readonly TimelineFinding[]
  /** Null for a test that did not fail. */
  readonly diagnosis: Diagnosis | null
  /** Made when they are first asked for. */
  readonly rows: () => readonly Row[]
}

/** The tests of a run in the order they began, what happened outside of any last; without what the config ignores. */
export async function testsOfRun({ directory }: Run, config: LoadedConfig): Promise<readonly TestTimeline[]> {
  const { events } = readJournal(directory)
  const timeline = await readTimeline(events, { runDirectory: directory, projectDirectory: config.directory })
  const sifted = sift(detect(timeline), timeline.moments, config.findings, realNow())
  const findings = Map.groupBy(sifted.findings, ({ test }) => keyOfTest(test))
  const moments = byTest(timeline.moments)
  const patients = new Map(patientsOf(timeline, events, true).map((patient) => [keyOfTest(patient.test), patient]))
  const outside = {
    test: null,
    state: 'outside',
    error: null,
    startedAt: moments.get('')?.[0]?.at ?? 0,
    endedAt: timeline.endedAt,
    durationMs: null,
  } as const
  const all = moments.has('') ? [...timeline.tests, outside] : timeline.tests
  return all.map(({ test, state, error, startedAt, endedAt, durationMs }): TestTimeline => {
    const key = keyOfTest(test)
    const asked = moments.get(key) ?? []
    const shown = findings.get(key) ?? []
    const patient = patients.get(key)
    return {
      test,
      state,
      error,
      durationMs,
      exchanges: asked.length,
      findings: shown,
      diagnosis: patient ? diagnose(patient) : null,
      rows: () => rowsOf({ moments: asked, timeline, findings: shown, startedAt, endedAt }),
    }
  })
}
