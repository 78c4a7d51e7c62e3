import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectsOf } from '../../src/matrix/effects.ts'
import type { NatsReply } from '../../src/protocols/nats/message.ts'
import type { Moment } from '../../src/timeline/moment.ts'
import { observed, type Script } from './cases.ts'

const seen = (script: Script, doneThough?: string): string[] =>
  effectsOf(observed(script).moments, doneThough === undefined ? {} : { doneThough }).map(({ operation }) => operation)

const insert = "INSERT INTO orders (reference) VALUES ('a')"

describe('what counts as an effect', () => {
  it('is a write of its own, and one whose transaction is committed', () => {
    expect(seen((t) => t.sql(insert))).toEqual(['INSERT orders'])
    expect(seen((t) => t.transaction(() => t.sql(insert)))).toEqual(['INSERT orders'])
  })

  it('is not a write that was rolled back, or whose transaction nobody ended', () => {
    expect(seen((t) => t.transaction(() => t.sql(insert), { end: 'ROLLBACK' }))).toEqual([])
    expect(seen((t) => t.sql('BEGIN').sql(insert))).toEqual([])
    expect(seen((t) => t.transaction(() => t.sql(insert, { error: { code: '40001', message: 'no' } })))).toEqual([])
  })

  it('is a write whose COMMIT was done though its answer was lost, and only then', () => {
    const lost: Script = (t) => t.sql('BEGIN').sql(insert).sql('COMMIT', { lost: true })
    const commit = observed(lost).moments.at(-1)!
    expect(commit.operation).toBe('COMMIT')
    expect(seen(lost)).toEqual([])
    expect(seen(lost, commit.id)).toEqual(['INSERT orders'])
  })

  it('is a request that changes something and was not refused', () => {
    expect(seen((t) => t.http('POST /v1/charges'))).toEqual(['POST /v1/charges'])
    expect(seen((t) => t.http('POST /v1/charges', { status: 402 }).http('GET /v1/charges'))).toEqual([])
    expect(seen((t) => t.http('POST /v1/charges', { failure: 'reset' }))).toEqual([])
  })

  it('is a request whose answer says that it is done, and is cut off behind that', () => {
    const seenIn = (status: number, ending: Moment['ending']): string[] => {
      const [moment] = observed((t) => t.http('POST /v1/charges', { status })).moments
      return effectsOf([{ ...moment!, ok: null, ending }]).map(({ operation }) => operation)
    }
    expect(seenIn(201, 'abandoned')).toEqual(['POST /v1/charges'])
    expect(seenIn(201, 'open')).toEqual([])
    expect(seenIn(503, 'abandoned')).toEqual([])
  })

  it('is one and the same with one idempotency key, and when the method says that it can be repeated', () => {
    const headers = [['Idempotency-Key', 'k']] as const
    expect(seen((t) => t.http('POST /v1/charges', { headers }).http('POST /v1/charges', { headers }))).toHaveLength(1)
    expect(seen((t) => t.http('PUT /v1/a', { body: '1' }).http('PUT /v1/a', { body: '1' }))).toHaveLength(1)
    expect(seen((t) => t.http('PUT /v1/a', { body: '1' }).http('PUT /v1/a', { body: '2' }))).toHaveLength(2)
    expect(seen((t) => t.http('POST /v1/charges').http('POST /v1/charges'))).toHaveLength(2)
  })

  it('is a message that was handed on', () => {
    expect(seen((t) => t.publish('orders.created', '{}'))).toEqual(['PUBLISH orders.created'])
  })

  it('is a message of JetStream that was acknowledged, and none that was given back or up', () => {
    const ack = (how: string, sequence: number): { ms: number; from: 'client'; message: NatsReply } => {
      return { ms: 1, from: 'client', message: { type: 'ack', ack: how, stream: 'JOBS', sequence } }
    }
    const said = [ack('-NAK', 1), ack('+TERM', 2), ack('+ACK', 3), ack('-NAK', 4), ack('+ACK', 4)]
    const { moments } = observed((t) => t.subscribe('jobs', said))
    expect([...new Set(effectsOf(moments).map(({ key }) => key))]).toEqual(['JOBS 3', 'JOBS 4'])
  })

  it('is one message over MQTT that its client has sent again on the next connection', () => {
    const published = (session: string, body: string, isLost = false): object => {
      const facts = { session, published: { channel: 'meters', body }, ...(isLost && { failure: 'reset' }) }
      const exchange = { question: { clientId: 'meter' }, messages: [] }
      return { boundary: 'sensors', protocol: 'mqtt', operation: 'PUBLISH meters', effect: true, facts, exchange }
    }
    const counted = (...all: readonly object[]): number => {
      const moments = all.map((one, i) => ({ ...one, id: `p-${i}`, asked: i, answered: i })) as unknown as Moment[]
      return effectsOf(moments, { doneThough: 'p-0' }).length
    }
    expect(counted(published('1', 'a', true), published('2', 'a'))).toBe(1)
    expect(counted(published('1', 'a'), published('2', 'a'))).toBe(2)
    expect(counted(published('1', 'a', true), published('2', 'b'))).toBe(2)
  })

  it('is not what a test itself asks', () => {
    const { moments } = observed((t) => t.http('POST /stand-in/reset'))
    const ask = { place: 0, at: 0, boundary: 'payments', operation: 'POST /stand-in/reset', byTest: true } as const
    expect(effectsOf(moments, { asks: [ask] })).toEqual([])
  })
})

it('only committed transactions have effects, however they are interleaved', () => {
  const step = fc.record({ on: fc.integer({ min: 1, max: 3 }), end: fc.constantFrom('COMMIT', 'ROLLBACK' as const) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (transactions) => {
      const script: Script = (t) => {
        for (const { on, end } of transactions) t.transaction(() => t.sql(insert, { on }), { on, end })
      }
      expect(seen(script)).toHaveLength(transactions.filter(({ end }) => end === 'COMMIT').length)
    }),
  )
})
