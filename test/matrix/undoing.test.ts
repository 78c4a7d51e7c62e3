import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/matrix/verdict.ts'
import { judged, type Script } from './cases.ts'

const how = { passed: false, errors: [{ name: 'Error', message: 'no', stack: '' }] } as const

describe('what has the name of an undoing', () => {
  const room: Script = (t) => t.http('PUT /reservations/{id}', { boundary: 'rooms', body: '{"booking":"b-77"}' })
  const pay: Script = (t) => t.http('POST /payments', { body: '{"booking":"b-77"}' })
  const clean: Script = (t) => (room(t), pay(t))
  const left = (...undone: readonly Script[]): Verdict => {
    const faulted: Script = (t) => (room(t), undone.forEach((undo) => undo(t)))
    return judged({ clean, faulted, fault: '403', operation: 'POST /payments', how }).verdict
  }
  const cancel: Script = (t) => t.http('POST /payments/{id}/cancel', { body: '{"booking":"b-77"}' })

  it('undoes at its service what its path names, and nothing elsewhere', () => {
    expect(left(cancel)).toBe('inconsistent')
    expect(left(cancel, (t) => t.http('DELETE /reservations/{id}', { boundary: 'rooms' }))).toBe('degraded')
    expect(left((t) => t.http('POST /reservations/{id}/release', { boundary: 'rooms' }))).toBe('degraded')
  })

  it('undoes what it is sent a value of, where its path names nothing', () => {
    const refund =
      (body: string): Script =>
      (t) =>
        t.http('POST /compensations', { body, boundary: 'ledger' })
    expect(left(refund('{"of":"b-77"}'))).toBe('degraded')
    expect(left(refund('{"of":"b-78"}'))).toBe('degraded')
    expect(left(cancel, refund('{"of":"b-77"}'))).toBe('degraded')
  })

  it('is a message to whoever hears it', () => {
    expect(left((t) => t.publish('bookings.cancelled', '{}'))).toBe('degraded')
  })

  it('is no DELETE of a row where a charge stands', () => {
    const insert = "INSERT INTO orders (reference) VALUES ('a')"
    const placed: Script = (t) => t.sql(insert).http('POST /payments').publish('orders.placed', '{}')
    const removed: Script = (t) => t.sql(insert).http('POST /payments').sql("DELETE FROM orders WHERE reference = 'a'")
    const lost = { clean: placed, fault: 'lost before publish', operation: 'PUBLISH orders.placed', boundary: 'events' }
    expect(judged({ ...lost, protocol: 'nats', faulted: removed, how }).what).toContain(
      'POST /payments at payments stands',
    )
  })

  it('makes up for what was done twice only where it is of that', () => {
    const twice: Script = (t) => (clean(t), pay(t))
    const lost = { clean, fault: 'reply lost', operation: 'POST /payments' }
    const room2: Script = (t) => (twice(t), t.http('POST /reservations/{id}/release', { boundary: 'rooms' }))
    expect(judged({ ...lost, faulted: room2 }).verdict).toBe('duplicate')
    expect(judged({ ...lost, faulted: (t) => (twice(t), cancel(t)) }).verdict).toBe('handled')
  })
})

describe('what is to be given back', () => {
  const clean: Script = (t) => t.http('PUT /leases/{id}').http('POST /reports').http('DELETE /leases/{id}')
  const taken: Script = (t) => t.http('PUT /leases/{id}').http('POST /reports')
  const tried =
    (count: number): Script =>
    (t) => {
      taken(t)
      for (let i = 0; i < count; i++) t.http('DELETE /leases/{id}', { status: 503 })
    }
  const cell = { clean, operation: 'DELETE /leases/{id}', how, cleanHow: { steps: [99] } }

  it('is not blamed where that was tried, and tried again where it passes', () => {
    const steps = { ...how, steps: [99] }
    expect(judged({ ...cell, how: steps, fault: '403', faulted: tried(1) }).verdict).toBe('degraded')
    expect(judged({ ...cell, how: steps, fault: '503', faulted: tried(3) }).verdict).toBe('degraded')
    expect(judged({ ...cell, how: steps, fault: '503', faulted: tried(1) }).verdict).toBe('inconsistent')
  })
})
