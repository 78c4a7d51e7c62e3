import type { TimelineFinding } from '../finding.ts'
import type { DeliveryFacts, Moment, Timeline } from '../moment.ts'
import { transactionsOf } from '../transactions.ts'

/** One line of a printed timeline: an exchange, several alike, or a message that came in. */
export interface Row {
  /** Milliseconds since the start. */
  readonly ms: number
  /** `orders #2`: the boundary, and which of its connections where it has several. */
  readonly where: string
  /** Where in a transaction of its connection it stands: at its start, within, at its end; empty outside of one. */
  readonly bracket: '' | '┌' | '│' | '└'
  readonly asked: string
  readonly came: string
  /** Milliseconds; null when it never ended, or has no length. */
  readonly tookMs: number | null
  readonly bad: boolean
  readonly note: string
  /** The exchanges it stands for, in order; a message that came in has that of its subscription. */
  readonly moments: readonly [Moment, ...Moment[]]
  readonly incoming: boolean
  /** How long it took says nothing: a session, a subscription, a message that came in. */
  readonly endless: boolean
}

/** What to show of one test. */
export interface RowsInput {
  /** What was asked in it, in order. */
  readonly moments: readonly Moment[]
  readonly timeline: Timeline
  readonly findings: readonly TimelineFinding[]
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Null when it did not end. */
  readonly endedAt: number | null
}

/** So many alike in a row are shown as one. */
const fewestAlike = 4

/** The rows of a test in order of time, loops as one row each, with the messages that subscriptions brought meanwhile. */
export function rowsOf(input: RowsInput): readonly Row[] {
  const { moments, startedAt } = input
  const brackets = bracketsOf(moments)
  const where = placesOf(moments)
  const row = (group: readonly [Moment, ...Moment[]], note: string): Row => {
    const [first] = group
    const times = group.map(({ durationMs }) => durationMs)
    const alone = group.length === 1
    return {
      ms: first.at - startedAt,
      where: where(first),
      bracket: brackets.get(first.id) ?? '',
      asked: alone ? first.question : `${group.length} × ${first.facts.sql?.fingerprint ?? first.operation}`,
      came: alone ? answerOf(first) : resultsOf(group),
      tookMs: times.includes(null) ? null : times.reduce<number>((sum, ms) => sum + (ms ?? 0), 0),
      bad: group.some(({ ok }) => ok === false),
      note,
      moments: group,
      incoming: false,
      endless: alone && (first.facts.connect === true || first.facts.subscribed !== undefined) && first.ok !== false,
    }
  }
  const loops = loopsIn(input)
  return [
    ...groupsIn(moments, loops).map((group) => row(group, loops.get(group[0].id)?.note ?? '')),
    ...messagesIn(input),
  ].sort((a, b) => a.ms - b.ms || Number(a.incoming) - Number(b.incoming))
}

function answerOf({ answer, ok, facts }: Moment): string {
  if (facts.connect && ok !== false) return 'connected'
  return answer ?? (facts.subscribed === undefined ? 'no answer' : 'subscribed')
}

interface LoopOf {
  readonly key: string
  readonly note: string
}

function loopsIn({ findings, moments }: RowsInput): ReadonlyMap<string, LoopOf> {
  const fingerprints = new Map(moments.map(({ id, facts }) => [id, facts.sql?.fingerprint]))
  const loops = new Map<string, LoopOf>()
  for (const { code, exchanges, likeness } of findings) {
    if (code !== 'n-plus-one') continue
    const looped = fingerprints.get(exchanges.at(-1)!)
    for (const id of exchanges) {
      if (fingerprints.get(id) === looped) loops.set(id, { key: `${exchanges[0]} ${likeness}`, note: 'N+1' })
    }
  }
  return loops
}

function groupsIn(moments: readonly Moment[], loops: ReadonlyMap<string, LoopOf>): [Moment, ...Moment[]][] {
  const groups: [Moment, ...Moment[]][] = []
  const ofLoop = new Map<string, [Moment, ...Moment[]]>()
  for (const moment of moments) {
    const key = loops.get(moment.id)?.key
    const known = key === undefined ? undefined : ofLoop.get(key)
    if (known) known.push(moment)
    else {
      const group: [Moment, ...Moment[]] = [moment]
      groups.push(group)
      if (key !== undefined) ofLoop.set(key, group)
    }
  }
  return mergeAlike(groups)
}

/** Neighbours that are alike become one group. */
function mergeAlike(groups: readonly [Moment, ...Moment[]][]): [Moment, ...Moment[]][] {
  const stretches: { readonly likeness: string | undefined; readonly groups: [Moment, ...Moment[]][] }[] = []
  for (const group of groups) {
    const likeness = group.length === 1 ? likenessOf(group[0]) : undefined
    const last = stretches.at(-1)
    if (last && likeness !== undefined && last.likeness === likeness) last.groups.push(group)
    else stretches.push({ likeness, groups: [group] })
  }
  return stretches.flatMap((stretch) =>
    stretch.groups.length < fewestAlike ? stretch.groups : [stretch.groups.flat() as [Moment, ...Moment[]]],
  )
}

function likenessOf({ boundary, operation, ok, facts }: Moment): string {
  return `${boundary} ${facts.session ?? ''} ${ok} ${facts.sql?.fingerprint ?? operation}`
}

function resultsOf(group: readonly Moment[]): string {
  const rows = group.reduce((sum, { facts }) => sum + (facts.sql?.rows ?? 0), 0)
  const failed = group.filter(({ ok }) => ok === false).length
  const parts = [
    rows > 0 && `${rows} rows in all`,
    failed > 0 && `${failed} failed: ${group.find(({ ok }) => ok === false)?.answer}`,
  ]
  return parts.filter(Boolean).join(', ') || (group[0]?.answer ?? '')
}

function bracketsOf(moments: readonly Moment[]): ReadonlyMap<string, Row['bracket']> {
  return new Map(
    transactionsOf(moments).flatMap(({ statements, outcome }) =>
      statements.map(({ id }, i) => {
        const last = i === statements.length - 1 && outcome !== 'open'
        return [id, i === 0 ? '┌' : last ? '└' : '│'] as const
      }),
    ),
  )
}

/** Connections are numbered in the order in which they were used, where a boundary has more than one. */
function placesOf(moments: readonly Moment[]): (moment: Moment) => string {
  const sessions = new Map<string, Set<string>>()
  for (const { boundary, facts } of moments) {
    const known = sessions.get(boundary) ?? new Set()
    sessions.set(boundary, known)
    if (facts.session !== undefined) known.add(facts.session)
  }
  return ({ boundary, facts }) => {
    const known = [...(sessions.get(boundary) ?? [])]
    return known.length > 1 && facts.session !== undefined
      ? `${boundary} #${known.indexOf(facts.session) + 1}`
      : boundary
  }
}

/** What subscriptions brought while the test ran, whoever had subscribed. */
function messagesIn({ timeline, startedAt, endedAt, moments }: RowsInput): Row[] {
  const own = new Set(moments)
  return deliveriesOf(timeline).flatMap(({ moment, delivery, at }): Row[] => {
    if (!own.has(moment) && (at < startedAt || at > (endedAt ?? Number.POSITIVE_INFINITY))) return []
    const said = { asked: `← ${delivery.channel}`, came: delivery.body, note: '' }
    const about = {
      where: moment.boundary,
      bracket: '',
      tookMs: null,
      bad: false,
      incoming: true,
      endless: true,
    } as const
    return [{ ms: at - startedAt, ...said, ...about, moments: [moment] }]
  })
}

interface Delivered {
  readonly moment: Moment
  readonly delivery: DeliveryFacts
  readonly at: number
}

const known = new WeakMap<Timeline, readonly Delivered[]>()

/** Looked for once in a timeline, however many of its tests are shown. */
function deliveriesOf(timeline: Timeline): readonly Delivered[] {
  let found = known.get(timeline)
  if (!found) {
    found = timeline.moments.flatMap((moment) =>
      (moment.facts.incoming ? [] : (moment.facts.delivered ?? [])).map((delivery) => ({
        moment,
        delivery,
        at: moment.at + delivery.ms,
      })),
    )
    known.set(timeline, found)
  }
  return found
}
