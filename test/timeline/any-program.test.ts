import fc from 'fast-check'
import { expect, it } from 'vitest'
import { detect } from '../../src/timeline/detect.ts'
import { diagnose } from '../../src/timeline/diagnosis/diagnose.ts'
import { makeMoments } from '../../src/timeline/make-moments.ts'
import { makeArtifact } from '../../src/timeline/text/artifact.ts'
import { rowsOf } from '../../src/timeline/text/rows.ts'
import { TimelineBuilder } from './timeline-builder.ts'

type Step = (t: TimelineBuilder) => unknown

const on = fc.integer({ min: 1, max: 3 })
const value = fc.constantFrom('a-1', 'b-2', 'c-3', 'order-17', '`code`', '```', '')
const statement = fc.record({ on, value, rows: fc.nat(4), table: fc.constantFrom('orders', 'customers', 'items') })

/** What a program may do, sensible or not. */
const anything: fc.Arbitrary<Step> = fc.oneof(
  on.map(
    (each): Step =>
      (t) =>
        t.sql('BEGIN', { on: each }),
  ),
  on.map(
    (each): Step =>
      (t) =>
        t.sql('COMMIT', { on: each }),
  ),
  on.map(
    (each): Step =>
      (t) =>
        t.sql('ROLLBACK', { on: each }),
  ),
  statement.map(
    (each): Step =>
      (t) =>
        t.sql(`SELECT * FROM ${each.table} WHERE id = $1`, { parameters: [each.value], rows: each.rows, on: each.on }),
  ),
  statement.map(
    (each): Step =>
      (t) =>
        t.sql(`INSERT INTO ${each.table} VALUES ($1)`, { parameters: [each.value], on: each.on }),
  ),
  statement.map(
    (each): Step =>
      (t) =>
        t.sql(`UPDATE ${each.table} SET a = $1`, {
          on: each.on,
          parameters: [each.value],
          error: { code: '23505', message: 'no' },
        }),
  ),
  statement.map(
    (each): Step =>
      (t) =>
        t.sql('SELECT 1', { on: each.on, ends: false }),
  ),
  value.map(
    (each): Step =>
      (t) =>
        t.publish('orders.created', each),
  ),
  fc.constantFrom(200, 404, 503).map(
    (status): Step =>
      (t) =>
        t.http('POST /v1/charges', { status, body: '{}', answer: '{"a":1}' }),
  ),
  fc.constantFrom(5, 2000).map(
    (ms): Step =>
      (t) =>
        t.wait(ms),
  ),
)

function build(steps: readonly Step[], error: string | null = null): TimelineBuilder {
  const t = new TimelineBuilder()
  t.test('does something', () => steps.forEach((step) => step(t)), error)
  return t
}

it('whatever a program does, findings and diagnosis name exchanges of its test, and say the same again', () => {
  fc.assert(
    fc.property(
      fc.array(anything, { maxLength: 40 }),
      fc.constantFrom(null, 'Error: no', 'Error: 503', 'timed out'),
      (steps, error) => {
        const { timeline } = build(steps, error ?? 'x')
        const ids = new Set(timeline.moments.map(({ id }) => id))
        const findings = detect(timeline)
        for (const { exchanges, title, detail } of findings) {
          expect(exchanges.length).toBeGreaterThan(0)
          expect(exchanges.every((id) => ids.has(id))).toBe(true)
          expect(title).not.toMatch(/undefined|NaN|\n/)
          expect(detail.join('\n')).not.toMatch(/undefined|NaN/)
        }
        expect(detect(build(steps, error ?? 'x').timeline)).toEqual(findings)
        const patient = { ...timeline.tests[0]!, error, moments: timeline.moments, refused: [], misses: [] }
        const diagnosis = diagnose(patient)
        expect(diagnosis.exchanges.every((id) => ids.has(id))).toBe(true)
        expect(diagnosis.because).not.toMatch(/undefined|NaN|\n/)
        expect(diagnosis.boundary === null).toBe(diagnosis.kind === 'undetermined')
        const { text, bodies } = makeArtifact({ patient, diagnosis, timeline, findings })
        for (const name of bodies.keys()) expect(text).toContain(`(${name})`)
      },
    ),
  )
})

it('whatever is shown as one line, each exchange is in exactly one', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 60 }), (steps) => {
      const { timeline } = build(steps)
      const { moments } = timeline
      const rows = rowsOf({
        moments,
        timeline,
        findings: detect(timeline),
        startedAt: moments[0]?.at ?? 0,
        endedAt: null,
      })
      const shown = rows.filter(({ incoming }) => !incoming).flatMap((row) => row.moments.map(({ id }) => id))
      expect(shown.toSorted()).toEqual(moments.map(({ id }) => id).toSorted())
    }),
  )
})

it('reads no answer that went well, however many there are', () => {
  const { timeline } = build([(t) => t.http('GET /v1/rates').http('POST /v1/charges', { body: '{}' })])
  const read: string[] = []
  const moments = makeMoments(
    timeline.moments.map(({ exchange, answered, ...seen }) => ({
      ...seen,
      end: { place: answered, durationMs: 1, ending: 'complete', ok: true, answer: '200' },
      exchange: new Proxy(exchange!, {
        get(target, name) {
          if (name === 'messages' || name === 'question') read.push(`${seen.operation} ${name}`)
          return Reflect.get(target, name) as unknown
        },
      }),
    })),
  )
  expect(detect({ ...timeline, moments })).toEqual([])
  rowsOf({ moments, timeline: { ...timeline, moments }, findings: [], startedAt: 0, endedAt: null })
  expect(read).toEqual([])
})

/** What a careful program does: one thing after another, a transaction on one connection, messages after COMMIT. */
const careful: fc.Arbitrary<Step> = fc.oneof(
  statement.map(
    (each): Step =>
      (t) =>
        t.sql(`SELECT * FROM ${each.table} WHERE id = $1`, { parameters: [each.value], rows: 1 }),
  ),
  statement.map(
    (each): Step =>
      (t) =>
        t
          .transaction(
            () => t.sql(`INSERT INTO ${each.table} VALUES ($1)`, { parameters: [each.value], on: each.on }),
            { on: each.on },
          )
          .publish(`${each.table}.created`, each.value),
  ),
  statement.map(
    (each): Step =>
      (t) =>
        t
          .transaction(() => t.sql(`UPDATE ${each.table} SET a = 1`, { on: each.on }), { on: each.on, end: 'ROLLBACK' })
          .publish(`${each.table}.failed`, each.value),
  ),
  fc.constant<Step>((t) => t.http('POST /v1/charges')),
  fc.constant<Step>((t) => t.wait(3000)),
)

it('a careful program shows nothing, and a message moved before its COMMIT is seen', () => {
  fc.assert(
    fc.property(fc.array(careful, { maxLength: 30 }), fc.nat(30), (steps, at) => {
      expect(detect(build(steps).timeline)).toEqual([])
      const hasty: Step = (t) =>
        t.transaction(() => t.sql('INSERT INTO orders VALUES (1)').publish('orders.created', '{}'))
      const found = detect(build([...steps.slice(0, at), hasty, ...steps.slice(at)]).timeline)
      expect(found.map(({ code }) => code)).toEqual(['published-before-commit'])
    }),
  )
})
