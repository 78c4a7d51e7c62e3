import { describe, expect, it } from 'vitest'
import type { Ask, Observation } from '../../src/matrix/observation.ts'
import type { TimelineBuilder } from '../timeline/timeline-builder.ts'
import { judged, type Script } from './cases.ts'

const insert = "INSERT INTO orders (reference) VALUES ('a')"
const charge: Script = (t) => t.http('POST /v1/charges')
const lostReply = { fault: 'reply lost', operation: 'POST /v1/charges' }
const failed = (name: string, message: string, stack = ''): Partial<Observation> => ({
  passed: false,
  errors: [{ name, message, stack }],
})

describe('O1 duplicate', () => {
  it('is a charge that took place twice', () => {
    const twice: Script = (t) => t.http('POST /v1/charges').http('POST /v1/charges')
    const judgement = judged({ ...lostReply, clean: charge, faulted: twice })
    expect(judgement).toMatchObject({ verdict: 'duplicate', oracle: 'O1' })
    expect(judgement.what).toBe('POST /v1/charges at payments took place twice instead of once')
  })

  it('is not a retry with the same key, and not one that was taken back', () => {
    const headers = [['idempotency-key', 'k']] as const
    const safe: Script = (t) => t.http('POST /v1/charges', { headers }).http('POST /v1/charges', { headers })
    const clean: Script = (t) => t.http('POST /v1/charges', { headers })
    expect(judged({ ...lostReply, clean, faulted: safe }).verdict).toBe('handled')
    const undone: Script = (t) => t.http('POST /v1/charges').http('POST /v1/charges').http('POST /v1/refunds')
    expect(judged({ ...lostReply, clean: charge, faulted: undone }).verdict).toBe('handled')
  })

  it('is made up for by no UPDATE where it is a charge, and by one that a clean run does not do where it is one too', () => {
    const attempt = 'UPDATE orders SET attempts = attempts + 1'
    const counted: Script = (t) => t.http('POST /v1/charges').sql(attempt).http('POST /v1/charges')
    expect(judged({ ...lostReply, clean: charge, faulted: counted }).verdict).toBe('duplicate')

    const take = 'UPDATE stock SET n = n - 1'
    const clean: Script = (t) => t.sql(take).sql(insert)
    const stock = { clean, operation: 'INSERT orders', fault: 'sqlstate 40P01' }
    const retried: Script = (t) =>
      t
        .sql(take)
        .sql(insert, { error: { code: '40P01' } })
        .sql(take)
        .sql(insert)
    expect(judged({ ...stock, faulted: retried }).what).toBe('UPDATE stock at orders took place twice instead of once')
    const givenBack: Script = (t) =>
      t
        .sql(take)
        .sql(insert, { error: { code: '40P01' } })
        .sql('UPDATE stock SET n = n + 1')
        .sql(take)
        .sql(insert)
    expect(judged({ ...stock, faulted: givenBack }).verdict).toBe('handled')
    // Two orders take the same, and one of them gives it back.
    const both: Script = (t) => t.sql(take).sql(take).sql(insert)
    const oneBack: Script = (t) => t.sql(take).sql(take).sql(insert).sql('UPDATE stock SET n = n + 1')
    const how = failed('Error', 'no')
    expect(judged({ ...stock, clean: both, faulted: oneBack, how }).verdict).toBe('degraded')
    // One is given back in a clean run too, and both where no order comes about.
    const back = 'UPDATE stock SET n = n + 1'
    const refused: Script = (t) => t.sql(take).sql(take).sql(back).sql(insert)
    const none: Script = (t) => t.sql(take).sql(take).sql(back).sql(back)
    expect(judged({ ...stock, clean: refused, faulted: none, how }).verdict).toBe('degraded')
  })

  it('is what was done at a second provider as well, under whatever names, and all seems well', () => {
    const body = '{"amount":1250,"reference":"o-1","currency":"eur"}'
    const clean: Script = (t) => t.http('POST /v1/charges', { body })
    const then = (operation: string, sent: string): Script => {
      return (t) => t.http('POST /v1/charges', { body }).http(operation, { boundary: 'backup', body: sent })
    }
    const paid = '{"value":1250,"orderId":"o-1","terminal":"t-1","kind":"card"}'
    const judgement = judged({ ...lostReply, clean, faulted: then('POST /payments', paid) })
    expect(judgement).toMatchObject({ verdict: 'duplicate', oracle: 'O1' })
    expect(judgement.what).toBe('POST /payments at backup did once more what POST /v1/charges at payments had done')
    // What says something else, takes something back or tells somebody of it does nothing once more.
    const others = [
      then('POST /holds', '{"reference":"o-2","days":3}'),
      then('POST /v1/charges/o-1/cancel', body),
      then('POST /v1/events', body),
    ]
    for (const faulted of others) expect(judged({ ...lostReply, clean, faulted }).verdict).toBe('handled')
    const how = failed('Error', 'the charge may have been made')
    expect(judged({ ...lostReply, clean, faulted: then('POST /payments', paid), how }).verdict).toBe('degraded')
  })

  it('is not a retry under a key of another name, nor of what changes nothing or ends one thing', () => {
    const twice = (operation: string, how: Parameters<TimelineBuilder['http']>[1] = {}): string => {
      const clean: Script = (t) => t.http(operation, how)
      const faulted: Script = (t) => t.http(operation, how).http(operation, how)
      return judged({ fault: 'reply lost', operation, clean, faulted }).verdict
    }
    expect(twice('POST /v1/charges', { headers: [['PayPal-Request-Id', 'k']] })).toBe('handled')
    expect(twice('POST /v1/charges', { body: '{"idempotency_key":"k","amount":3}' })).toBe('handled')
    for (const operation of ['POST /oauth/token', 'POST /products/search', 'POST /payments/{id}/cancel']) {
      expect(twice(operation)).toBe('handled')
    }
    expect(twice('PATCH /users/{id}', { body: '{"name":"a"}' })).toBe('handled')
    for (const operation of ['POST /payments/{id}/refund', 'POST /tokens/burn', 'POST /research']) {
      expect(twice(operation)).toBe('duplicate')
    }
    expect(twice('PATCH /users/{id}', { body: '[{"op":"add","path":"/tags/-","value":"a"}]' })).toBe('duplicate')
  })

  it('is not a webhook that is sent again under its id', () => {
    const headers = [['webhook-id', 'evt_1']] as const
    const clean: Script = (t) => t.http('POST /webhooks', { headers })
    const again: Script = (t) => t.http('POST /webhooks', { headers }).http('POST /webhooks', { headers })
    const cell = { fault: 'reply lost', operation: 'POST /webhooks' }
    expect(judged({ ...cell, clean, faulted: again }).verdict).toBe('handled')
  })

  it('is a transaction that was done again after the answer to its COMMIT was lost', () => {
    const clean: Script = (t) => t.transaction(() => t.sql(insert))
    const again: Script = (t) =>
      t
        .sql('BEGIN')
        .sql(insert)
        .sql('COMMIT', { lost: true })
        .transaction(() => t.sql(insert, { on: 2 }), { on: 2 })
    const commit = { operation: 'COMMIT', clean, faulted: again }
    expect(judged({ ...commit, fault: 'commit answer lost' }).verdict).toBe('duplicate')
    expect(judged({ ...commit, fault: 'lost before commit' }).verdict).toBe('handled')
  })
})

describe('O2 false success', () => {
  const clean: Script = (t) => t.sql(insert).publish('orders.created', '{}')
  it('is a test that passes though something has not happened', () => {
    const judgement = judged({
      clean,
      faulted: (t) => t.sql(insert),
      fault: 'sqlstate 40P01',
      operation: 'INSERT orders',
    })
    expect(judgement).toMatchObject({ verdict: 'false-success', oracle: 'O2' })
  })

  it('is not one that has left a note to do it later', () => {
    const faulted: Script = (t) => t.sql(insert).sql("INSERT INTO outbox (event) VALUES ('a')")
    const judgement = judged({ clean, faulted, fault: 'sqlstate 40P01', operation: 'INSERT orders' })
    expect(judgement.verdict).toBe('handled')
  })
})

describe('O2 where a note is left anyway', () => {
  const note = (payload: string): string => `INSERT INTO outbox (payload) VALUES ('${payload}')`
  const ask = { body: '{"charge":"ch_1"}' }
  const lost = { fault: '503 always', operation: 'POST /v1/refunds' }
  it('is what the note is not about, and not what it is', () => {
    const withNote = (payload: string): Parameters<typeof judged>[0] => ({
      ...lost,
      clean: (t) => t.sql(insert).sql(note(payload)).http('POST /v1/refunds', ask),
      faulted: (t) =>
        t
          .sql(insert)
          .sql(note(payload))
          .http('POST /v1/refunds', { ...ask, status: 503 }),
    })
    expect(judged(withNote('{"order":"o-1","paid":true}'))).toMatchObject({ verdict: 'false-success', oracle: 'O2' })
    expect(judged(withNote('{"charge":"ch_1"}')).verdict).toBe('handled')
  })

  it('is not what a clean run sends on from it', () => {
    const clean: Script = (t) => t.sql(insert).sql(note('{}')).publish('orders.created', '{}')
    const faulted: Script = (t) => t.sql(insert).sql(note('{}'))
    expect(judged({ clean, faulted, fault: 'sqlstate 40P01', operation: 'INSERT orders' }).verdict).toBe('handled')
  })
})

describe('O2 of what somebody else can do', () => {
  const body = 'amount=1250&reference=o-1'
  const clean: Script = (t) => t.http('POST /v1/charges', { body }).sql(insert)
  const refused = { clean, fault: '503 always', operation: 'POST /v1/charges' }
  const then = (operation: string, sent: string): Script => {
    return (t) => t.http('POST /v1/charges', { body, status: 503 }).http(operation, { body: sent }).sql(insert)
  }
  it('is none where a second provider was asked for the same, which the first one has refused', () => {
    expect(judged({ ...refused, faulted: then('POST /payments', '{"value":1250,"order":"o-1"}') }).verdict).toBe(
      'handled',
    )
  })

  it('is one where somebody was only told of it, or asked for something else', () => {
    const others = [then('POST /alerts', body), then('POST /payments', '{"value":3}')]
    for (const faulted of others) expect(judged({ ...refused, faulted }).verdict).toBe('false-success')
  })
})

describe('O2 with webhooks', () => {
  const at = { operation: 'POST /webhooks', fault: 'signature bad' }
  const cleanHow = { steps: [9] }
  const clean: Script = (t) => t.http('POST /webhooks').sql(insert)
  const refused: Script = (t) => t.http('POST /webhooks', { status: 401 })
  it('is a delivery without a valid signature that was acted on', () => {
    const judgement = judged({ ...at, clean, faulted: clean, cleanHow, how: { steps: [9] } })
    expect(judgement).toMatchObject({ verdict: 'false-success', oracle: 'O2' })
    expect(judgement.what).toBe('it was taken for real: INSERT orders at orders took place')
  })

  it('is not one that was refused', () => {
    const how = { ...failed('AssertionError', 'expected 401 to be 200'), steps: [9], refusals: 1 }
    expect(judged({ ...at, clean, faulted: refused, cleanHow, how }).verdict).toBe('degraded')
  })
})

describe('O2 of a consumer', () => {
  const brought = (settled?: 'ack' | 'requeue' | 'reject') => {
    return (t: TimelineBuilder) => t.deliver('shipping', '{}', settled)
  }
  const clean: Script = (t) => brought('ack')(t.sql(insert))
  const cell = { clean, fault: 'sqlstate 40P01', operation: 'INSERT orders' }

  it('is a message that was acknowledged, thrown away or kept, and not dealt with', () => {
    expect(judged({ ...cell, faulted: brought() }).verdict).toBe('false-success')
    expect(judged({ ...cell, faulted: brought('ack') }).verdict).toBe('false-success')
    expect(judged({ ...cell, faulted: brought('reject') }).verdict).toBe('false-success')
    expect(judged({ ...cell, faulted: brought('ack'), how: failed('Error', 'no order') }).verdict).toBe('false-success')
  })

  it('is a message that was acknowledged before its work was done, as a clean run shows', () => {
    const hasty: Script = (t) => brought('ack')(t).sql(insert, { ms: 5 })
    const how = failed('Error', 'no order')
    const judgement = judged({ ...cell, clean: hasty, faulted: brought('ack'), how })
    expect(judgement.what).toBe(
      'its message had been acknowledged before, and is lost: INSERT orders at orders took place not at all instead of once',
    )
    expect(judgement.advice).toMatch(/^acknowledge a message only once/)
    // A client may write an acknowledgement later than it is told to.
    expect(judged({ ...cell, cleanBefore: hasty, faulted: brought('ack'), how }).what).toBe(judgement.what)
    const late = judged({ ...cell, faulted: brought('ack'), how })
    expect(late.what).toMatch(/^the message was acknowledged, but INSERT orders/)
    expect(late.advice).toMatch(/^give a message back/)
  })

  it('is so over JetStream too, and not where something had been done for the message, or its work had ended', () => {
    const message = { type: 'message', subject: 'jobs', headers: '', body: Buffer.from('{}'), size: 2 } as const
    const reply = '$JS.ACK.JOBS.worker.1.1.1.0.0'
    const ack = { type: 'ack', ack: '+ACK', stream: 'JOBS', sequence: 1 } as const
    const jobs = (t: TimelineBuilder, ackedMs: number): TimelineBuilder => {
      const messages = [
        { ms: 0, from: 'service', message: { ...message, reply } },
        { ms: ackedMs, from: 'client', message: ack },
      ] as const
      return t.subscribe('jobs', messages, { ends: false })
    }
    const what = (clean: Script): string =>
      judged({ ...cell, clean, faulted: (t) => jobs(t, 1), how: failed('Error', 'no order') }).what
    expect(what((t) => jobs(t, 1).wait(2).sql(insert, { ms: 5 }))).toMatch(/^its message had been acknowledged before/)
    expect(what((t) => jobs(t, 10).sql(insert, { ms: 5 }))).toMatch(/^the message was acknowledged, but/)
    const other = "INSERT INTO stock VALUES ('a')"
    expect(what((t) => jobs(t, 3).sql(other).wait(5).sql(insert))).toMatch(/^the message was acknowledged, but/)
  })

  it('is none where another message is still owed, which comes again', () => {
    const both: Script = (t) => t.deliver('shipping', '{}', 'ack').deliver('confirmations', '{}', 'ack').sql(insert)
    const owed: Script = (t) => t.deliver('shipping', '{}', 'ack').deliver('confirmations', '{}')
    const at = { clean: both, fault: 'ack lost', operation: 'DELIVER shipping', boundary: 'events' }
    const how = failed('Error', 'no order')
    expect(judged({ ...at, faulted: owed, how }).verdict).not.toBe('false-success')
    const dealtWith: Script = (t) => t.deliver('shipping', '{}', 'ack').deliver('confirmations', '{}', 'ack')
    const other = { ...at, fault: 'poison message', how }
    expect(judged({ ...other, faulted: owed }).verdict).not.toBe('false-success')
    expect(judged({ ...other, faulted: dealtWith }).verdict).toBe('false-success')
    // The broker has not heard of it, and brings it again.
    expect(judged({ ...at, faulted: dealtWith, how }).verdict).not.toBe('false-success')
    const again: Script = (t) => t.wait(1).deliver('shipping', '{}', 'ack')
    expect(judged({ ...at, faulted: (t) => again(dealtWith(t) as TimelineBuilder), how }).verdict).toBe('false-success')
  })

  it('is none of a message that was given back', () => {
    expect(judged({ ...cell, faulted: brought('requeue') }).verdict).toBe('handled')
    const other: Script = (t) => brought('requeue')(t.deliver('confirmations', '{}', 'ack'))
    expect(judged({ ...cell, faulted: other, how: failed('Error', 'no order') }).verdict).toBe('degraded')
  })
})

describe('O2 of several messages', () => {
  const dealtWith: Script = (t) => t.deliver('shipping', '{}', 'ack').sql(insert)
  const clean: Script = (t) => (dealtWith(t), dealtWith(t))
  const cell = { clean, fault: 'sqlstate 40P01', operation: 'INSERT orders', how: failed('Error', 'one is missing') }

  it('is one that was acknowledged and not dealt with, and none that never came', () => {
    const acknowledged: Script = (t) => (dealtWith(t), t.deliver('shipping', '{}', 'ack'))
    expect(judged({ ...cell, faulted: acknowledged }).verdict).toBe('false-success')
    expect(judged({ ...cell, faulted: dealtWith }).verdict).toBe('degraded')
  })
})

describe('O3 inconsistent', () => {
  const clean: Script = (t) => t.http('POST /v1/charges').sql(insert)
  const cell = { clean, fault: 'sqlstate 40P01', operation: 'INSERT orders' }
  it('is a charge that stands without its order', () => {
    const judgement = judged({ ...cell, faulted: charge, how: failed('Error', 'deadlock detected') })
    expect(judgement).toMatchObject({ verdict: 'inconsistent', oracle: 'O3' })
    expect(judgement.what).toContain('POST /v1/charges at payments stands')
  })

  it('is no message that its consumer still has, where what is missing is done for it', () => {
    const reply = '$JS.ACK.JOBS.worker.1.1.1.0.0'
    const message = { type: 'message', subject: 'jobs', headers: '', body: Buffer.from('{}'), size: 2, reply } as const
    const ack = { type: 'ack', ack: '+ACK', stream: 'JOBS', sequence: 1 } as const
    const settled = { ms: 10, from: 'client', message: ack } as const
    const jobs = (t: TimelineBuilder, ...then: (typeof settled)[]): TimelineBuilder =>
      t.publish('jobs', '{}').subscribe('jobs', [{ ms: 1, from: 'service', message }, ...then], { ends: false })
    const owed = { ...cell, faulted: (t: TimelineBuilder) => jobs(t), how: failed('Error', 'no order') }
    const behind: Script = (t) => jobs(t, settled).wait(2).sql(insert, { ms: 5 })
    expect(judged({ ...owed, clean: behind }).verdict).toBe('degraded')
    const before: Script = (t) => jobs(t.sql(insert), settled)
    expect(judged({ ...owed, clean: before }).verdict).toBe('inconsistent')
  })

  it('names first what was struck, and says what no ROLLBACK takes back', () => {
    const how = { ...failed('Error', 'no'), steps: [9] }
    const customer = "INSERT INTO customers (name) VALUES ('b')"
    const whole: Script = (t) => t.http('POST /v1/charges').transaction(() => t.sql(customer).sql(insert))
    const one = { ...cell, clean: whole, faulted: charge, cleanHow: { steps: [9] }, how, fault: 'sqlstate 40001' }
    const judgement = judged(one)
    expect(judgement.what).toBe(
      'POST /v1/charges at payments stands, and INSERT orders at orders took place not at all instead of once',
    )
    expect(judgement.advice).toBe('do it after the COMMIT (an outbox), or take it back when the transaction fails')
    const rows: Script = (t) => t.sql(customer).sql(insert)
    const alone = judged({ ...one, clean: rows, faulted: (t) => t.sql(customer), fault: 'sqlstate 40P01' })
    expect(alone).toMatchObject({ verdict: 'inconsistent' })
    expect(alone.advice).toBeUndefined()
  })

  it('names a job that settles where a row stands without what is done elsewhere', () => {
    const both: Script = (t) => t.sql(insert).http('POST /v1/charges')
    const at = { fault: '503 always', operation: 'POST /v1/charges', boundary: 'payments' }
    const how = failed('Error', 'unavailable')
    const judgement = judged({ ...at, clean: both, faulted: (t) => t.sql(insert), how })
    expect(judgement.what).toContain('INSERT orders at orders stands')
    expect(judgement.advice).toMatch(/^\w.*, or have a job put it in order \(`settleBy`\)$/)
  })

  it('is not a charge that was taken back, and not a failure of everything', () => {
    const how = failed('Error', 'deadlock detected')
    const undone: Script = (t) => t.http('POST /v1/charges').http('POST /v1/refunds')
    expect(judged({ ...cell, faulted: undone, how }).verdict).toBe('degraded')
    expect(judged({ ...cell, faulted: () => {}, how }).verdict).toBe('degraded')
  })

  it('is not what only a failing run does, such as asking for a new token', () => {
    const token: Script = (t) => t.http('POST /token')
    const one = { ...cell, clean: (t: Parameters<Script>[0]) => t.sql(insert), faulted: token }
    expect(judged({ ...one, how: failed('Error', 'refused again') }).verdict).toBe('degraded')
  })

  it('is not what others have led to that were under way at the same time, but what is more than that', () => {
    const order: Script = (t) => t.http('POST /v1/charges').sql(insert)
    const at = { fault: '503 always', operation: 'POST /v1/charges', boundary: 'payments' }
    const twice = { ...at, how: failed('Error', 'expected 503 to be 201'), faulted: order }
    // The test is over before the second order is written down.
    expect(judged({ ...twice, clean: (t) => (order(t), charge(t)) }).verdict).toBe('degraded')
    const written: Script = (t) => (order(t), t.sql(insert))
    expect(judged({ ...twice, clean: (t) => (order(t), order(t)), faulted: written }).verdict).toBe('inconsistent')
  })

  it('is not what was made and taken away again, nor what takes away that which was never made', () => {
    const [lock, unlock] = ["INSERT INTO locks (name) VALUES ('a')", "DELETE FROM locks WHERE name = 'a'"]
    const clean: Script = (t) => t.sql(lock).http('POST /reports').sql(unlock)
    const refused = { clean, fault: '403', operation: 'POST /reports', how: failed('Error', 'no') }
    expect(judged({ ...refused, faulted: (t) => t.sql(lock).sql(unlock) }).verdict).toBe('degraded')
    expect(judged({ ...refused, faulted: (t) => t.sql(lock) }).verdict).toBe('inconsistent')
    const lease: Script = (t) => t.http('PUT /leases/{id}').http('DELETE /leases/{id}')
    const never = { clean: lease, fault: '403', operation: 'PUT /leases/{id}', how: failed('Error', 'no') }
    expect(judged({ ...never, faulted: (t) => t.http('DELETE /leases/{id}') }).verdict).toBe('degraded')
  })

  it('is not what is marked otherwise than in clean runs, by a statement that these have too', () => {
    const pending = "INSERT INTO payments (state) VALUES ('pending')"
    const mark = (state: string): Parameters<TimelineBuilder['sql']> => [
      'UPDATE payments SET state = $1',
      { parameters: [state] },
    ]
    const clean: Script = (t) =>
      t
        .sql(pending)
        .http('POST /charges')
        .sql(...mark('paid'))
    const faulted = (state: string): Script => {
      return (t) =>
        t
          .sql(pending)
          .http('POST /charges', { status: 403 })
          .sql(...mark(state))
    }
    const asks = [{ place: 1, at: 0, boundary: 'payments', operation: 'POST /charges', struck: true } as const]
    const refused = { clean, cleanBefore: clean, fault: '403', operation: 'POST /charges' }
    const how = { ...failed('Error', 'no'), asks }
    expect(judged({ ...refused, how, faulted: faulted('refused') }).verdict).toBe('degraded')
    expect(judged({ ...refused, how, faulted: faulted('paid') }).verdict).toBe('inconsistent')
    const noted = (state: string, struck: number): Script => {
      const row: Parameters<TimelineBuilder['sql']> = [
        'INSERT INTO orders (state) VALUES ($1)',
        { parameters: [state] },
      ]
      return (t) =>
        t
          .http('POST /charges', { status: struck })
          .sql(...row)
          .http('POST /shipments')
    }
    const shipped = { ...refused, clean: noted('placed', 201), cleanBefore: noted('placed', 201), how }
    const stays = (state: string): Script => {
      return (t) =>
        t.http('POST /charges', { status: 403 }).sql('INSERT INTO orders (state) VALUES ($1)', { parameters: [state] })
    }
    expect(judged({ ...shipped, faulted: stays('review') }).verdict).toBe('degraded')
    expect(judged({ ...shipped, faulted: stays('placed') }).verdict).toBe('inconsistent')
    // Another number, such as that of a row that was inserted once more, says nothing.
    const counted = (id: string): Parameters<TimelineBuilder['sql']> => [
      'UPDATE payments SET tries = 1 WHERE id = $1',
      { parameters: [id] },
    ]
    const known: Script = (t) =>
      t
        .sql(pending)
        .http('POST /charges')
        .sql(...counted('1'))
    const other: Script = (t) =>
      t
        .sql(pending)
        .http('POST /charges', { status: 403 })
        .sql(...counted('2'))
    expect(judged({ ...refused, clean: known, cleanBefore: known, how, faulted: other }).verdict).toBe('inconsistent')
  })

  it('looks only at the step of the test in which the fault struck', () => {
    const how = failed('Error', 'deadlock detected')
    // The first step is over once the charge has been made.
    const steps = [1.5]
    const one = { ...cell, faulted: charge, cleanHow: { steps }, how: { ...how, steps } }
    expect(judged(one).verdict).toBe('degraded')
    expect(judged({ ...one, cleanHow: { steps: [9] }, how: { ...how, steps: [9] } }).verdict).toBe('inconsistent')
  })

  it('is not what is done a moment later, as a test that fails does not wait for it', () => {
    const shipment = 'INSERT INTO shipments (id) VALUES (1)'
    const whole: Script = (t) => t.http('POST /v1/charges').sql(insert).sql(shipment)
    const how = { ...failed('Error', 'no answer'), steps: [2.5] }
    const one = { clean: whole, cleanHow: { steps: [9] }, how, fault: 'reply lost', operation: 'POST /v1/charges' }
    expect(judged({ ...one, faulted: whole }).verdict).toBe('degraded')
    const without: Script = (t) => t.http('POST /v1/charges').sql(insert)
    expect(judged({ ...one, faulted: without }).verdict).toBe('inconsistent')
  })
})

describe('O10 poisoned', () => {
  const order: Script = (t) => t.sql("SELECT id FROM carts WHERE id = 'a'", { rows: 1 }).sql(insert)
  const announced: Script = (t) => (order(t), t.publish('orders.created', '{}'))
  const clean: Script = (t) => (announced(t), announced(t))
  // Each order is a step of its own, of three questions or two.
  const cleanHow = { steps: [3.5, 6.5] }
  const how = { ...failed('AssertionError', 'expected 500 to be 201'), steps: [3.5, 5.5] }
  const at = { clean, cleanHow, fault: 'lost before publish', operation: 'PUBLISH orders.created', boundary: 'events' }

  it('is a service that is not even asked any more once its connection was lost', () => {
    const judgement = judged({ ...at, faulted: (t) => (announced(t), order(t)), how })
    expect(judgement).toMatchObject({ verdict: 'poisoned', oracle: 'O10' })
    expect(judgement.what).toBe(
      'it did not come back: later on, events was not even asked PUBLISH orders.created any more',
    )
  })

  it('is none where it is asked again, and none where nobody got as far as that', () => {
    const verdictOf = (later: Script, steps: readonly number[]): string =>
      judged({ ...at, faulted: (t) => (announced(t), later(t)), how: { ...how, steps } }).verdict
    expect(verdictOf(announced, [3.5, 6.5])).not.toBe('poisoned')
    expect(verdictOf((t) => t.sql("SELECT id FROM carts WHERE id = 'a'", { rows: 1 }), [3.5, 4.5])).not.toBe('poisoned')
    expect(verdictOf(() => {}, [3.5])).not.toBe('poisoned')
  })
})

describe('the other oracles', () => {
  const clean: Script = (t) => t.http('GET /v1/rates')
  const read = { clean, faulted: clean, operation: 'GET /v1/rates' }
  it('O4 is a test that was given up', () => {
    const judgement = judged({ ...read, fault: 'no answer', how: { passed: false, ended: 'late', durationMs: 5000 } })
    expect(judgement).toMatchObject({ verdict: 'hang', oracle: 'O4' })
    const said = failed('Error', 'Test timed out in 5000ms.')
    expect(judged({ ...read, fault: 'no answer', how: said }).verdict).toBe('hang')
  })

  it('O4 is not a test that waits for what could not be done', () => {
    const poisoned = { clean, faulted: clean, operation: 'DELIVER jobs', fault: 'poison message' }
    const waited = { passed: false, ended: 'late', waited: { ms: 600, until: 'nothing left' } } as const
    expect(judged({ ...poisoned, how: waited }).verdict).toBe('degraded')
    expect(judged({ ...poisoned, faulted: () => {}, how: waited }).verdict).toBe('hang')
  })

  it('O5 is a question that is asked without end, or too soon', () => {
    const ask = (place: number, at: number, struck?: true) =>
      ({ place, at, boundary: 'payments', operation: 'GET /v1/rates', ...(struck && { struck }) }) as const
    const asks = Array.from({ length: 12 }, (_, i) => ask(i, i, true))
    const how = { ...failed('Error', '503'), asks }
    const cleanHow = { asks: [ask(0, 0)] }
    expect(judged({ ...read, fault: '503 always', cleanHow, how }).verdict).toBe('retry-storm')
    const soon = { asks: [ask(0, 0, true), ask(1, 100)] }
    expect(judged({ ...read, fault: '429 retry-after', cleanHow, how: soon }).verdict).toBe('retry-storm')
    // What the test asks for in its next step is no retry of the program.
    const own = { ...soon, steps: [0.5] }
    expect(judged({ ...read, fault: '429 retry-after', cleanHow, how: own }).verdict).toBe('handled')
    const polled = { asks: [ask(0, 0, true), { ...ask(1, 100), fromTest: true as const }] }
    expect(judged({ ...read, fault: '429 retry-after', cleanHow, how: polled }).verdict).toBe('handled')
    const patient = { asks: [ask(0, 0, true), ask(1, 1000)] }
    expect(judged({ ...read, fault: '429 retry-after', cleanHow, how: patient }).verdict).toBe('handled')
  })

  it('O5 is as well a service that can do nothing more, and is asked again three times without a pause', () => {
    const ask = (place: number, more: Partial<Ask> = {}): Ask => {
      const where = { boundary: 'payments', operation: 'GET /v1/rates' } as const
      return { ...where, place, at: place, struck: true, said: 'a', fired: 7, ...more }
    }
    const cleanHow = { asks: [ask(0)] }
    const under = (asks: readonly Ask[], fault = '503 always', steps: readonly number[] = []) =>
      judged({ ...read, fault, cleanHow, how: { ...failed('Error', 'down'), asks, steps } })
    const four = [0, 1, 2, 3].map((place) => ask(place))
    for (const fault of ['503 always', '429', 'connection refused'])
      expect(under(four, fault)).toMatchObject({ verdict: 'retry-storm', oracle: 'O5', minor: true })
    expect(under(four).what).toBe('it was asked 4 times in a row, without any pause in between')
    const verdictOf = (...given: Parameters<typeof under>): string => under(...given).verdict
    expect(verdictOf(four.slice(0, 3))).toBe('degraded')
    // What is lost on the way, or refused for good, may be asked again at once.
    expect(verdictOf(four, 'reset before')).toBe('degraded')
    expect(verdictOf(four, '401 always')).toBe('degraded')
    // However short a pause is, it is one; and without a clock of ours nobody knows.
    expect(verdictOf(four.map((one) => ({ ...one, fired: one.place })))).toBe('degraded')
    expect(verdictOf(four.map(({ fired: _fired, ...one }) => one))).toBe('degraded')
    expect(verdictOf(four.map((one) => ({ ...one, at: 60 * one.place })))).toBe('degraded')
    expect(verdictOf(four.map((one) => ({ ...one, at: one.place < 3 ? one.place : 900 })))).toBe('retry-storm')
    // Others of the same kind are other questions, and what a test asks for again is its own doing.
    expect(verdictOf(four.map((one) => ({ ...one, said: `${one.place}` })))).toBe('degraded')
    expect(verdictOf(four, '503 always', [1.5])).toBe('degraded')
    expect(verdictOf(four.map((one) => ({ ...one, fromTest: true as const })))).toBe('degraded')
    // Each of three may be tried three times.
    const three = { asks: [ask(0), ask(1), ask(2)] }
    const nine = Array.from({ length: 9 }, (_, place) => ask(place))
    expect(judged({ ...read, fault: '503 always', cleanHow: three, how: { asks: nine } }).verdict).toBe('handled')
  })

  it('O5 takes more patience with lists', () => {
    const one = { boundary: 'payments', operation: 'GET /v1/rates', struck: true } as const
    const asks = Array.from({ length: 101 }, (_, place) => ({ ...one, place, at: place }))
    const how = { ...failed('Error', 'there is no end of them'), asks }
    expect(judged({ ...read, fault: 'endless pages', how }).verdict).toBe('degraded')
    expect(judged({ ...read, fault: 'repeated page', how }).verdict).toBe('retry-storm')
  })

  it('O5 is a crowd that asks for the same at once what the cache does not have', () => {
    const select = 'SELECT cents FROM prices WHERE id = $1'
    const crowd = (text: string, values: readonly string[], ends: boolean): Script => {
      return (t) => values.forEach((value, i) => t.sql(text, { parameters: [value], on: i, ends }))
    }
    const under = (faulted: Script, clean: Script = () => {}) =>
      judged({ boundary: 'cache', protocol: 'redis', operation: 'GET price', fault: 'cache miss', clean, faulted })
    const three = crowd(select, ['1', '1', '1'], false)
    expect(under(three)).toMatchObject({
      verdict: 'retry-storm',
      oracle: 'O5',
      what: 'SELECT prices at orders was asked 3 times at once for the same instead of not at all',
    })
    expect(under(three, three).verdict).toBe('handled')
    expect(under(crowd(select, ['1', '1'], false)).verdict).toBe('handled')
    expect(under(crowd(select, ['1', '1', '1'], true)).verdict).toBe('handled')
    expect(under(crowd(select, ['1', '2', '3'], false)).verdict).toBe('handled')
    expect(under(crowd(`${select} FOR UPDATE`, ['1', '1', '1'], false)).verdict).toBe('handled')
    const own: Script = (t) => {
      for (const on of [1, 2, 3]) t.sql('BEGIN', { on })
      crowd(select, ['1', '1', '1'], false)(t)
    }
    expect(under(own).verdict).toBe('handled')
  })

  it('O7 does not take what a clean run is refused as well for the success of a first attempt', () => {
    const conflict = { fault: 'no answer', operation: 'POST /v1/names' }
    const refused: Script = (t) => t.http('POST /v1/names', { status: 409 })
    const how = failed('Error', '409')
    const again: Script = (t) => (refused(t), refused(t))
    expect(judged({ ...conflict, clean: refused, faulted: again, how }).verdict).toBe('degraded')
    const done: Script = (t) => t.http('POST /v1/names')
    expect(judged({ ...conflict, clean: done, faulted: again, how }).verdict).toBe('unrelated-error')
    const aborted: Script = (t) => t.sql(insert, { error: { code: '25P02', message: 'aborted' } })
    const lost = {
      fault: 'connection lost',
      operation: 'INSERT orders',
      faulted: aborted,
      how: failed('Error', 'lost'),
    }
    expect(judged({ ...lost, clean: aborted }).verdict).toBe('degraded')
    expect(judged({ ...lost, clean: (t) => t.sql(insert) }).verdict).toBe('unrelated-error')
  })

  it('O6 is an error that nobody caught, or the end of the process', () => {
    const uncaught = [{ name: 'Error', message: 'nobody listens', stack: '' }]
    expect(judged({ ...read, fault: '503', how: { uncaught } })).toMatchObject({ verdict: 'crash', oracle: 'O6' })
    expect(judged({ ...read, fault: '503', how: { passed: false, ended: 'died' } }).verdict).toBe('crash')
  })

  it('O6 advises to listen where a connection is lost, and not where the program throws, or throws a promise away', () => {
    const lost = { name: 'Error', message: 'read ECONNRESET', stack: 'Error: read ECONNRESET\n    at node:net:1:1' }
    const own = { ...lost, stack: `${lost.stack}\n    at note (/project/src/note.js:3:9)` }
    const cell = {
      clean: (t: Parameters<Script>[0]) => t.sql(insert),
      fault: 'connection lost',
      operation: 'INSERT orders',
    }
    const advice = (uncaught: Observation['uncaught']): string | undefined =>
      judged({ ...cell, faulted: () => {}, how: { passed: false, uncaught } }).advice
    expect(advice([lost])).toContain("`client.on('error', …)`")
    expect(advice([own])).toBeUndefined()
    expect(advice([{ ...lost, rejected: true }])).toBeUndefined()
  })

  it("O7 is a mistake of the program, and not of the network's errors or of the test itself", () => {
    const said = (name: string, message: string, stack?: string): string =>
      judged({ ...read, faulted: () => {}, fault: '502 page', how: failed(name, message, stack) }).verdict
    expect(said('SyntaxError', 'Unexpected token <', 'at read (/p/src/rates.ts:3:1)')).toBe('unrelated-error')
    expect(said('TypeError', 'fetch failed')).toBe('degraded')
    expect(said('SyntaxError', 'Unexpected token <', 'at /p/rates.test.ts:3:1')).toBe('degraded')
    expect(said('RatesUnavailable', 'the service answered 502')).toBe('degraded')
  })

  it('O7 is also a retry that was refused because of its own first success', () => {
    const faulted: Script = (t) => t.http('POST /v1/charges').http('POST /v1/charges', { status: 409 })
    const judgement = judged({ ...lostReply, clean: charge, faulted, how: failed('Error', 'conflict') })
    expect(judgement).toMatchObject({ verdict: 'unrelated-error', oracle: 'O7' })
  })

  it('O7 is also a refusal that whoever called was told of as a failure of the program', () => {
    const refused: Script = (t) => t.http('POST /v1/charges', { status: 402 })
    const cell = { clean: refused, faulted: refused, fault: 'another refusal', operation: 'POST /v1/charges' }
    const how = { ...failed('AssertionError', 'expected 500 to be 402'), refusals: 1, serverErrors: 1 }
    const cleanHow = { refusals: 1, serverErrors: 0 }
    expect(judged({ ...cell, cleanHow, how })).toMatchObject({ verdict: 'unrelated-error', oracle: 'O7' })
    expect(judged({ ...cell, cleanHow, how: { ...how, serverErrors: 0 } }).verdict).toBe('degraded')
  })

  it('O7 is also a statement in a transaction that has failed already', () => {
    const clean: Script = (t) => t.transaction(() => t.sql(insert))
    const aborted = { code: '25P02', message: 'current transaction is aborted' }
    const faulted: Script = (t) =>
      t
        .sql('BEGIN')
        .sql(insert, { error: { code: '40001', message: 'no' } })
        .sql(insert, { error: aborted })
        .sql('ROLLBACK')
    const cell = { clean, fault: 'sqlstate 40001', operation: 'INSERT orders' }
    expect(judged({ ...cell, faulted, how: failed('Error', 'aborted') }).verdict).toBe('unrelated-error')
  })

  it('O8 is what a clean run does not leave behind', () => {
    const how = { leftBehind: ['1 open transaction at orders'] }
    expect(judged({ ...read, fault: '503', how })).toMatchObject({ verdict: 'leak', oracle: 'O8' })
    expect(judged({ ...read, fault: '503', how, cleanHow: how }).verdict).toBe('handled')
  })

  it('O8 is what is taken and not given back, at the line that has taken it', () => {
    const leftOpen = [{ kind: 'pool client', site: 'src/pay.ts:12' }] as const
    const kept = judged({ ...read, fault: '503', how: { leftOpen } })
    expect(kept).toMatchObject({ verdict: 'leak', oracle: 'O8', site: 'src/pay.ts:12' })
    expect(kept.evidence).toEqual(['a client of its pool that nobody gives back, taken at src/pay.ts:12'])
    // What a server tells says more of the harm.
    const leftBehind = ['a connection in a transaction at orders']
    const both = judged({ ...read, fault: '503', how: { leftBehind, leftOpen } })
    expect(both).toMatchObject({ what: `it left behind ${leftBehind[0]}`, site: 'src/pay.ts:12' })
  })

  it('O9 is not what good code copes with, as it may have', () => {
    expect(judged({ ...read, fault: 'last page again' })).toMatchObject({ verdict: 'suspected', oracle: '' })
  })

  it('O9 is wrong data that nobody has noticed, and not what was asked for again', () => {
    expect(judged({ ...read, fault: '200 html' })).toMatchObject({ verdict: 'unnoticed', oracle: 'O9' })
    const again: Script = (t) => t.http('GET /v1/rates').http('GET /v1/rates')
    expect(judged({ ...read, faulted: again, fault: '200 html' }).verdict).toBe('handled')
    expect(judged({ ...read, fault: '200 html', how: failed('Error', 'no rates') }).verdict).toBe('noticed')
  })

  it('O9 is not one answer of those that are waited for until they change', () => {
    const polled =
      (...states: readonly string[]): Script =>
      (t) =>
        states.forEach((state) => t.http('GET /v1/rates', { answer: `{"state":"${state}"}` }))
    const fault = '200 html'
    const clean = polled('running', 'running', 'done')
    expect(judged({ ...read, clean, faulted: clean, fault })).toMatchObject({
      verdict: 'handled',
      what: 'the program asked once more',
    })
    // Two read the same, one after the other.
    const same = polled('on', 'on')
    expect(judged({ ...read, clean: same, faulted: same, fault }).verdict).toBe('unnoticed')
    const apart: Script = (t) => (polled('running')(t), t.http('GET /v1/users'), polled('done')(t))
    expect(judged({ ...read, clean: apart, faulted: apart, fault }).verdict).toBe('unnoticed')
  })
})

describe('what is not judged', () => {
  const cell = { ...lostReply, clean: charge, faulted: charge }
  it('is a fault that was not reached, and never handled', () => {
    expect(judged({ ...cell, how: { struck: 0 } }).verdict).toBe('unreachable')
  })

  it('is a test that asked what nothing recorded answers', () => {
    const how = { ...failed('TypeError', 'x is not a function'), missed: true }
    expect(judged({ ...cell, how }).verdict).toBe('not-applicable')
    const unrecorded = ['GET /v1/charges at payments']
    expect(judged({ ...cell, how: { ...how, unrecorded } }).evidence).toEqual(unrecorded)
  })

  it('is a wrong body that nobody reads, unless it was noticed, or the same line reads it in a clean run', () => {
    const aimed = { operation: 'GET /v1/rates', boundary: 'payments', site: 'src/rates.ts:2' }
    const ask = { place: 0, at: 0, ...aimed, unread: true } as const
    const read: Script = (t) => t.http('GET /v1/rates')
    const unread = { clean: read, faulted: read, operation: aimed.operation, fault: 'truncated body' }
    const how = { asks: [{ ...ask, struck: true }] } as const
    const cleanHow = { asks: [ask] }
    const verdictOf = (more: Partial<Parameters<typeof judged>[0]>): string =>
      judged({ ...unread, how, cleanHow, ...more }).verdict
    expect(verdictOf({})).toBe('not-applicable')
    expect(verdictOf({ how: { ...how, ...failed('Error', 'answered 204') } })).toBe('noticed')
    expect(verdictOf({ faulted: (t) => t.http('GET /v1/rates').http('GET /v1/rates') })).toBe('handled')
    expect(verdictOf({ how: { ...how, poisons: 'it fails' } })).toBe('poisoned')
    const { unread: _unread, ...known } = ask
    expect(verdictOf({ cleanHow: { asks: [ask, known] } })).toBe('unnoticed')
    expect(verdictOf({ cleanHow: { asks: [ask, { ...known, site: 'src/rates.ts:9' }] } })).toBe('not-applicable')
    expect(verdictOf({ cleanHow: { asks: [] } })).toBe('unnoticed')
    expect(verdictOf({ how: { asks: [{ ...known, struck: true }] } })).toBe('unnoticed')
  })
})
