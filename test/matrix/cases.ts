import { makeBaseline } from '../../src/matrix/baseline.ts'
import { makeCase } from '../../src/matrix/case.ts'
import { findFault } from '../../src/matrix/catalogue.ts'
import { makeCell } from '../../src/matrix/cell.ts'
import type { JudgedCell } from '../../src/matrix/findings.ts'
import { judge } from '../../src/matrix/judge.ts'
import type { Judgement } from '../../src/matrix/judgement.ts'
import type { Observation } from '../../src/matrix/observation.ts'
import { TimelineBuilder } from '../timeline/timeline-builder.ts'

/** What crosses in one run of a test. */
export type Script = (timeline: TimelineBuilder) => unknown

/** Makes what one run showed of what crossed in it. */
export function observed(script: Script, how: Partial<Observation> = {}): Observation {
  const timeline = new TimelineBuilder()
  timeline.test('places an order', () => void script(timeline))
  return {
    passed: true,
    ended: 'in time',
    errors: [],
    uncaught: [],
    durationMs: 10,
    struck: 1,
    missed: false,
    leftBehind: [],
    steps: [],
    asks: [],
    refusals: 0,
    ...how,
    moments: timeline.timeline.moments,
  }
}

/** One cell, made by hand. */
export interface HandMade {
  readonly clean: Script
  /** Of a clean run before that one. */
  readonly cleanBefore?: Script
  readonly faulted: Script
  readonly fault: string
  readonly operation: string
  readonly boundary?: string
  readonly protocol?: string
  readonly nth?: number
  /** Of the faulted run. */
  readonly how?: Partial<Observation>
  /** Of the clean run. */
  readonly cleanHow?: Partial<Observation>
}

/** What becomes of a cell. */
export function judged(made: HandMade): Judgement {
  return judgedCell(made).judgement
}

/** A cell and what becomes of it. */
export function judgedCell({
  clean,
  cleanBefore,
  faulted,
  fault: name,
  operation,
  nth = 1,
  how,
  cleanHow,
  ...where
}: HandMade): JudgedCell {
  const test = { file: 'test/orders.test.ts', name: 'places an order' }
  const fault = findFault(name)
  if (!fault) throw new Error(`there is no fault ${name}`)
  const before = observed(clean, { ...cleanHow, struck: 0 })
  const runs = cleanBefore
    ? ([observed(cleanBefore, { ...cleanHow, struck: 0 }), before] as const)
    : ([before] as const)
  const protocol = where.protocol ?? (/^(?:GET|POST|PUT|DELETE) \//.test(operation) ? 'http' : 'postgres')
  const { boundary = protocol === 'http' ? 'payments' : 'orders' } = where
  const cell = makeCell({ test, boundary, protocol, operation, nth, fault: name, family: fault.family })
  const shown = makeCase(cell, fault, makeBaseline(test, runs), observed(faulted, how))
  return { shown, judgement: judge(shown) }
}
