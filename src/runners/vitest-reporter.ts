import { relative, sep } from 'node:path'
import type { TestRef } from '../core/exchange.ts'
import { type Journal, openJournal } from '../store/journal.ts'

/** The parts of vitest's test case that are read. */
interface TestCase {
  readonly fullName: string
  readonly module: { readonly moduleId: string }
  result(): { readonly state: string; readonly errors?: readonly { readonly message?: string }[] | undefined }
  diagnostic(): { readonly duration: number; readonly startTime: number } | undefined
}

/** Writes how each test ended into the journal of the run. */
export interface VitestReporter {
  onTestRunStart(): void
  onTestCaseReady(test: TestCase): void
  onTestCaseResult(test: TestCase): void
  onTestRunEnd(): void
}

const ours = new WeakSet<object>()

/** Whether a reporter is one of these. */
export function isVitestReporter(reporter: unknown): boolean {
  return typeof reporter === 'object' && reporter !== null && ours.has(reporter)
}

/** @param directory - Project folder; the files of tests are named relative to it. */
export function makeVitestReporter(runDirectory: string, directory: string): VitestReporter {
  let journal: Journal | undefined
  const open = (): Journal => (journal ??= openJournal(runDirectory, 'vitest'))
  const refOf = (test: TestCase): TestRef => ({
    file: relative(directory, test.module.moduleId).split(sep).join('/'),
    name: test.fullName,
  })
  const reporter: VitestReporter = {
    onTestRunStart() {
      open()
    },
    onTestCaseReady(test) {
      open().write({ t: 'test', at: Date.now(), test: refOf(test), state: 'start' }, 'soon')
    },
    onTestCaseResult(test) {
      const { state, errors } = test.result()
      const error = errors?.[0]?.message
      open().write(
        {
          t: 'test',
          at: Date.now(),
          test: refOf(test),
          state: state === 'passed' || state === 'failed' ? state : 'skipped',
          durationMs: test.diagnostic()?.duration ?? 0,
          ...(error !== undefined && { error }),
        },
        'soon',
      )
    },
    onTestRunEnd() {
      journal?.close()
      journal = undefined
    },
  }
  ours.add(reporter)
  return reporter
}
