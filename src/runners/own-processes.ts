import { threadId } from 'node:worker_threads'
import type { TestRef } from '../core/exchange.ts'
import { realNow } from '../core/real-clock.ts'
import { openOtherProcesses } from '../run/matrix/other-processes.ts'
import type { PlannedCell, RunRecord } from '../run/matrix/plan-file.ts'

/** Processes that the tests of this one start, and that attach themselves. */
export interface OwnProcesses {
  /** Whether there has been any. */
  readonly any: boolean
  /** What is under way from now on. */
  begin(run: { readonly test: TestRef; readonly id: string; readonly planned: PlannedCell | undefined }): void
  /** How often they were struck since then. */
  struck(): number
  /** Nothing is any more. @returns The same run with what they have said of it. */
  end(record: RunRecord): RunRecord
}

/** What is started from now on knows the way. */
export function openOwnProcesses(planFile: string): OwnProcesses {
  const others = openOtherProcesses(planFile.replace(/\.json$/, `-now-${process.pid}-${threadId}.json`))
  Object.assign(process.env, others.variables)
  let under: Pick<RunRecord, 'id' | 'test'> | undefined
  return {
    get any() {
      return others.any
    },
    struck: () => (under ? others.struck(under) : 0),
    begin({ test, id, planned }) {
      under = { test, id }
      others.tell({ test, id, ...(planned && { planned, until: realNow() + planned.deadlineMs }) })
    },
    end(record) {
      others.tell(undefined)
      return others.complete(record)
    },
  }
}
