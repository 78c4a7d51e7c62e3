import { relative, sep } from 'node:path'
import { after, describe, test as nodeTest, type TestContext } from 'node:test'
import { type AttachOptions, attachRun } from './in-process-run.ts'
import { runTest } from './run-test.ts'
import { openJournalOf } from './test-events.ts'

export { type MortarTest, mortarTest } from './run-test.ts'
export { describe }
