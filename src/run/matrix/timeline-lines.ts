import type { Cell } from '../../matrix/cell.ts'
import { type Ask, type Lifted, type Observation, placeOf } from '../../matrix/observation.ts'
import { isAt } from '../../matrix/stand-ins.ts'
import type { Moment } from '../../timeline/moment.ts'
import type { TimelineLine } from './document.ts'

const mostLines = 60

/** The service has answered, and its answer is lost. */
const losesAnswer: ReadonlySet<string> = new Set(['reply lost', 'no answer', 'commit answer lost', 'write answer lost'])

const lifts: Readonly<Record<Lifted['why'], string>> = {
  stuck: 'as nothing more was to be expected',
  time: 'as its time was over',
  asks: 'as enough had been asked',
}

/** What crossed in one run of a test, in order, with what was struck, and where that came to its end. */
export function timelineLines({ moments, asks, lifted, settled }: Observation, cell?: Cell): readonly TimelineLine[] {
  const first = Math.min(...moments.map(({ at }) => at), ...asks.map(({ at }) => at))
  const byPlace = new Map(moments.map((moment) => [placeOf(moment), moment]))
  // What follows on a call that came to nothing has the place that its exchange would have had.
  const hasReached = (ask: Ask): boolean => {
    const next = byPlace.get(ask.place + 1)
    return next !== undefined && isAt(ask, next)
  }
  const struckAsks = asks.filter(({ struck }) => struck)
  const lost = struckAsks.filter((ask) => !hasReached(ask))
  const struckPlaces = new Set(struckAsks.filter(hasReached).map(({ place }) => place + 1))
  let seen = 0
  const lines = moments.map((moment) => {
    const { at, boundary, operation, answer } = moment
    const isWire = cell !== undefined && cell.protocol !== 'http'
    const same = isWire && boundary === cell.boundary && operation === cell.operation
    const struck = same ? ++seen === cell.nth : struckPlaces.has(placeOf(moment))
    const isLost = struck && answer !== undefined && cell !== undefined && losesAnswer.has(cell.fault)
    return {
      place: placeOf(moment),
      ms: at - first,
      boundary,
      text: textOf(moment),
      ...(struck && { struck: true as const }),
      ...(isLost && { note: ', which never arrived' }),
    }
  })
  const kept = lost.map(({ place, at, boundary, operation }) => ({
    place,
    ms: at - first,
    boundary,
    text: `${operation}  →  the service was not asked`,
    struck: true as const,
  }))
  const all = [...lines, ...kept].toSorted((a, b) => a.place - b.place)
  if (lifted && cell && all.length > 0) {
    const ms = lifted.at - first
    const before = all.findIndex((line) => line.ms >= ms)
    const text = `— the fault was lifted here, ${lifts[lifted.why]} —`
    const line = { place: 0, ms, boundary: cell.boundary, text, lifted: true as const }
    all.splice(before < 0 ? all.length : before, 0, line)
  }
  const job = (settled?.moments ?? []).map((moment) => ({
    ms: moment.at - first,
    boundary: moment.boundary,
    text: textOf(moment),
    note: ', by the settling job',
  }))
  return [...all.map(({ place: _place, ...line }) => line), ...job].slice(0, mostLines)
}

function textOf({ facts, operation, answer }: Moment): string {
  return `${facts.sql?.fingerprint ?? operation}  →  ${answer ?? 'no answer'}`
}
