import { expect, it, describe } from 'vitest'
import { detect } from '../../src/timeline/detect.ts'
import type { TimelineFinding } from '../../src/timeline/finding.ts'
import type { NatsReply } from '../../src/protocols/nats/message.ts'
import { TimelineBuilder } from './timeline-builder.ts'

function found(build: (timeline: TimelineBuilder) => void): readonly TimelineFinding[] {
  const builder = new TimelineBuilder()
  builder.test('takes an order', () => build(builder))
  return detect(builder.timeline)
}

const codes = (build: (timeline: TimelineBuilder) => void): readonly string[] => found(build).map(({ code }) => code)

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

function loop(t: TimelineBuilder, count: number, sql = 'SELECT * FROM customers WHERE id = $1', on = 1): void {
  for (const i of range(count)) t.sql(sql, { parameters: [`c-${i}`], rows: 1, on })
}

describe('N+1', () => {
  it('is one query for each row of the one before', () => {
    const [finding, ...others] = found((t) => {
      t.sql('SELECT * FROM orders WHERE shop = $1', { parameters: ['a'], rows: 4 })
      loop(t, 4)
    })
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      code: 'n-plus-one',
      boundary: 'orders',
      title: 'orders: 4 × SELECT customers, one for each of the 4 rows of SELECT orders',
      exchanges: ['1-1', '1-2', '1-3', '1-4', '1-5'],
    })
  })

  it.each<[string, number, (t: TimelineBuilder) => void]>([
    [
      'two loops over the same rows',
      2,
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 3 })
        for (const i of range(3)) {
          t.sql('SELECT * FROM customers WHERE id = $1', { parameters: [`c-${i}`], rows: 1 })
          t.sql('SELECT * FROM items WHERE order_id = $1', { parameters: [`o-${i}`], rows: 1 })
        }
      },
    ],
    [
      'a loop within a loop',
      2,
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 3 })
        for (const i of range(3)) {
          t.sql('SELECT * FROM items WHERE order_id = $1', { parameters: [`o-${i}`], rows: 2 })
          for (const j of range(2))
            t.sql('SELECT * FROM products WHERE id = $1', { parameters: [`p-${i}-${j}`], rows: 1 })
        }
      },
    ],
    [
      'a page that is asked for three times',
      1,
      (t) => {
        for (const page of range(3)) {
          t.sql('SELECT * FROM orders WHERE page = $1', { parameters: [`${page}`], rows: 3 })
          for (const i of range(3))
            t.sql('SELECT * FROM customers WHERE id = $1', { parameters: [`${page}-${i}`], rows: 1 })
        }
      },
    ],
    [
      'values within the text',
      1,
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 3 })
        for (const i of range(3)) t.sql(`SELECT * FROM customers WHERE id = ${i}`, { rows: 1 })
      },
    ],
    [
      'a pool that spreads it over connections',
      1,
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 4, on: 2 })
        for (const i of range(4))
          t.sql('SELECT * FROM customers WHERE id = $1', { parameters: [`c-${i}`], rows: 1, on: i + 1 })
      },
    ],
  ])('is seen in %s', (_what, count, build) => {
    expect(codes(build)).toEqual(Array.from({ length: count }, () => 'n-plus-one'))
  })

  it.each<[string, (t: TimelineBuilder) => void]>([
    [
      'inserts of a set-up',
      (t) => {
        t.sql('SELECT * FROM shops', { rows: 5 })
        for (const i of range(5)) t.sql('INSERT INTO orders VALUES ($1)', { parameters: [`${i}`] })
      },
    ],
    [
      'a test that looks at each of its rows without having asked for them',
      (t) => {
        t.sql('SELECT 1', { rows: 1 })
        loop(t, 8)
      },
    ],
    [
      'waiting for a row',
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 5 })
        for (const _ of range(5)) t.sql('SELECT * FROM jobs WHERE id = $1', { parameters: ['7'], rows: 1 })
      },
    ],
    [
      'several calls that ask two things each',
      (t) => {
        for (const i of range(5)) {
          t.sql('SELECT * FROM orders WHERE id = $1', { parameters: [`o-${i}`], rows: 1 })
          t.sql('SELECT * FROM customers WHERE id = $1', { parameters: [`c-${i}`], rows: 1 })
        }
      },
    ],
    [
      'pages',
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 4 })
        for (const i of range(4)) t.sql(`SELECT * FROM items LIMIT 10 OFFSET ${i * 10}`, { rows: 10 })
      },
    ],
    [
      'a loop with something else in the middle',
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 4 })
        loop(t, 2)
        t.sql('SELECT count(*) FROM shops', { rows: 1 })
        loop(t, 2)
      },
    ],
    [
      'what a driver asks about types',
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 3 })
        for (const i of range(3)) t.sql('SELECT * FROM pg_type WHERE oid = $1', { parameters: [`${i}`], rows: 1 })
      },
    ],
    [
      'another program with a connection of its own',
      (t) => {
        t.sql('SELECT * FROM orders', { rows: 4, on: 9 })
        loop(t, 4)
      },
    ],
  ])('is not seen in %s', (_what, build) => {
    expect(codes(build)).toEqual([])
  })
})

describe('a message too early', () => {
  it('is one before COMMIT', () => {
    const [finding, ...others] = found((t) =>
      t.transaction(() => {
        t.sql('INSERT INTO orders VALUES ($1)', { parameters: ['order-17'] })
        t.publish('orders.created', '{"id":"order-17"}')
      }),
    )
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      code: 'published-before-commit',
      boundary: 'events',
      title: 'events: orders.created was published before COMMIT of INSERT orders (orders)',
    })
    expect(finding!.detail.at(-1)).toBe('both name order-17')
  })

  it('is one in a transaction that was rolled back', () => {
    const build = (t: TimelineBuilder): unknown =>
      t.transaction(() => t.sql('INSERT INTO orders VALUES (1)').publish('orders.created', '{}'), { end: 'ROLLBACK' })
    expect(found(build)[0]).toMatchObject({
      code: 'published-before-commit',
      title: expect.stringContaining('rolled back'),
    })
  })

  it('is one after ROLLBACK that names what was rolled back', () => {
    const build = (t: TimelineBuilder): unknown =>
      t
        .transaction(() => t.sql('INSERT INTO orders VALUES ($1)', { parameters: ['order-17'] }), { end: 'ROLLBACK' })
        .publish('orders.created', '{"id":"order-17"}')
    expect(codes(build)).toEqual(['published-after-rollback'])
  })

  it.each<[string, (t: TimelineBuilder) => unknown]>([
    [
      'after COMMIT',
      (t) => t.transaction(() => t.sql('INSERT INTO orders VALUES (1)')).publish('orders.created', '{}'),
    ],
    [
      'before anything was written',
      (t) => t.transaction(() => t.publish('orders.asked', '{}').sql('INSERT INTO orders VALUES (1)')),
    ],
    [
      'from an outbox',
      (t) =>
        t.transaction(() => {
          t.sql('SELECT * FROM outbox FOR UPDATE SKIP LOCKED', { rows: 2 })
          for (const i of range(2))
            t.publish('orders.created', '{}').sql('DELETE FROM outbox WHERE id = $1', { parameters: [`${i}`] })
        }),
    ],
    [
      'from an outbox, while another request writes',
      (t) => {
        const event = '{"reference":"order-17"}'
        t.transaction(() =>
          t
            .sql('INSERT INTO orders VALUES ($1)', { parameters: ['order-17'] })
            .sql('INSERT INTO outbox VALUES ($1)', { parameters: [event] }),
        )
        t.sql('BEGIN', { on: 2 }).sql('INSERT INTO orders VALUES ($1)', { parameters: ['order-18'], on: 2 })
        t.publish('orders.created', event).sql('COMMIT', { on: 2 })
      },
    ],
    [
      'about a failure, after ROLLBACK',
      (t) =>
        t
          .transaction(() => t.sql('INSERT INTO orders VALUES ($1)', { parameters: ['order-17'] }), { end: 'ROLLBACK' })
          .publish('orders.failed', '{"id":"order-17"}'),
    ],
    [
      'after a second attempt that went well',
      (t) =>
        t
          .transaction(() => t.sql('INSERT INTO orders VALUES ($1)', { parameters: ['order-17'] }), { end: 'ROLLBACK' })
          .transaction(() => t.sql('INSERT INTO orders VALUES ($1)', { parameters: ['order-17'] }))
          .publish('orders.created', '{"id":"order-17"}'),
    ],
    [
      'that is a question to another service',
      (t) =>
        t.transaction(() =>
          t
            .sql('INSERT INTO orders VALUES (1)')
            .publish('prices.get', '{}', { reply: '_INBOX.1', messages: [message('_INBOX.1', '{"price":2}')] }),
        ),
    ],
    [
      'while two transactions are open of which it names none',
      (t) => {
        t.sql('BEGIN')
          .sql('BEGIN', { on: 2 })
          .sql('INSERT INTO orders VALUES (1)')
          .sql('INSERT INTO orders VALUES (2)', { on: 2 })
        t.publish('shop.opened', '{}').sql('COMMIT').sql('COMMIT', { on: 2 })
      },
    ],
  ])('is none %s', (_what, build) => {
    expect(codes(build).filter((code) => code.startsWith('published'))).toEqual([])
  })
})

function message(subject: string, body: string, reply?: string): NatsReply {
  return { type: 'message', subject, headers: '', body: Buffer.from(body), size: body.length, ...(reply && { reply }) }
}

describe('a transaction that waits', () => {
  it('is one during an HTTP call', () => {
    const [finding] = found((t) =>
      t.transaction(() =>
        t.sql('UPDATE stock SET n = n - 1').http('POST /v1/charges', { ms: 320 }).sql('INSERT INTO orders VALUES (1)'),
      ),
    )
    expect(finding).toMatchObject({
      code: 'idle-in-transaction',
      title: 'orders: a transaction stayed open while payments was asked POST /v1/charges (320 ms)',
    })
  })

  it('is one in which nothing happens for a second', () => {
    expect(codes((t) => t.transaction(() => t.sql('UPDATE stock SET n = 1').wait(1200)))).toEqual([
      'idle-in-transaction',
    ])
  })

  it('is none that is told of already, as it publishes before COMMIT', () => {
    const slow = { reply: '_INBOX.1', messages: [message('_INBOX.1', '{"stream":"ORDERS","seq":1}')], ms: 400 }
    const build = (t: TimelineBuilder): unknown =>
      t.transaction(() => t.sql('INSERT INTO orders VALUES (1)').publish('orders.created', '{}', slow))
    expect(codes(build)).toEqual(['published-before-commit'])
  })

  it('is none when the call comes before BEGIN or after COMMIT', () => {
    expect(
      codes((t) =>
        t
          .http('POST /v1/charges')
          .transaction(() => t.sql('UPDATE stock SET n = 1'))
          .http('GET /v1/charges/1'),
      ),
    ).toEqual([])
  })

  it("is none where requests run side by side, and the wait is short: it may be the other one's", () => {
    const build =
      (ms: number) =>
      (t: TimelineBuilder): void => {
        t.sql('BEGIN').sql('BEGIN', { on: 2 }).sql('INSERT INTO orders VALUES (1)', { on: 2 }).sql('COMMIT', { on: 2 })
        t.http('POST /v1/charges', { ms }).sql('INSERT INTO orders VALUES (2)').sql('COMMIT')
      }
    expect(codes(build(7))).toEqual([])
    expect(codes(build(400))).toEqual(['idle-in-transaction'])
  })
})

describe('a second connection', () => {
  it('is one that is asked while a transaction waits for it', () => {
    const [finding] = found((t) =>
      t.transaction(() => {
        t.sql('INSERT INTO orders VALUES (1)')
        t.sql('SELECT * FROM orders WHERE id = 1', { on: 2 })
      }),
    )
    expect(finding).toMatchObject({
      code: 'second-connection-in-transaction',
      title:
        'orders: SELECT orders was asked on a second connection while a transaction was open, and does not see what that wrote to orders',
    })
  })

  it('is none when another transaction is open: those are two requests', () => {
    const build = (t: TimelineBuilder): void => {
      t.sql('BEGIN')
        .sql('BEGIN', { on: 2 })
        .sql('INSERT INTO orders VALUES (1)', { on: 2 })
        .sql('INSERT INTO orders VALUES (1)')
      t.sql('COMMIT', { on: 2 }).sql('COMMIT')
    }
    expect(codes(build)).toEqual([])
  })

  it('is none that a consumer asks on, which was brought a message meanwhile', () => {
    const build = (t: TimelineBuilder): void => {
      t.sql('BEGIN').sql('INSERT INTO outbox VALUES (1)')
      t.subscribe('orders.created', [{ ms: 0, from: 'service', message: message('orders.created', '{}') }])
      t.sql('INSERT INTO shipments VALUES (1)', { on: 2 }).http('POST /v1/labels').sql('COMMIT')
    }
    expect(codes(build)).toEqual([])
  })

  it('is none that is by the side of few of the transactions that come to the same place: that is a job', () => {
    const build =
      (jobs: number) =>
      (t: TimelineBuilder): void => {
        for (const i of range(5)) {
          t.transaction(() => {
            t.sql(`INSERT INTO orders VALUES (${i})`)
            if (i < jobs) t.sql('UPDATE outbox SET sent = true WHERE id = 1', { on: 2 })
          })
        }
      }
    expect(codes(build(1))).toEqual([])
    expect(codes(build(5))).toContain('second-connection-in-transaction')
  })

  it('is none that is seldom by the side of a transaction, and often without one', () => {
    const build =
      (polls: number) =>
      (t: TimelineBuilder): void => {
        const poll = (): unknown => t.sql('UPDATE outbox SET sent = true WHERE id = 1', { on: 2 })
        for (const _ of range(polls)) poll()
        t.transaction(() => {
          t.sql('INSERT INTO orders VALUES (1)')
          poll()
        })
      }
    expect(codes(build(0))).toContain('second-connection-in-transaction')
    expect(codes(build(9))).toEqual([])
  })

  it('is none when transactions follow each other', () => {
    const build = (t: TimelineBuilder): unknown =>
      t
        .transaction(() => t.sql('INSERT INTO orders VALUES (1)'))
        .transaction(() => t.sql('SELECT 1', { on: 2 }), { on: 2 })
    expect(codes(build)).toEqual([])
  })
})

describe('connections that are used up', () => {
  it('are said by the server', () => {
    const [finding] = found((t) => {
      for (const on of range(3)) t.sql('BEGIN', { on }).sql('SELECT * FROM orders', { on, rows: 1 })
      t.sql('SELECT 1', { on: 4, error: { code: '53300', message: 'sorry, too many clients already' } })
    })
    expect(finding).toMatchObject({
      code: 'pool-exhausted',
      title: 'orders: no connection was left (sorry, too many clients already)',
    })
    expect(finding!.detail[0]).toBe('4 connections were used, 3 of them left in a transaction that nobody ended')
  })

  it.each([
    'Error: timeout exceeded when trying to connect',
    'KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full.',
    'Timed out fetching a new connection from the connection pool.',
    'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached',
  ])('are said by the pool: %s', (error) => {
    const t = new TimelineBuilder()
    t.test('takes an order', () => void t.sql('BEGIN').sql('SELECT * FROM orders', { rows: 1 }), error)
    expect(detect(t.timeline).map(({ code }) => code)).toEqual(['pool-exhausted'])
  })
})

describe('a message that is never acknowledged', () => {
  const ackSubject = (sequence: number): string => `$JS.ACK.ORDERS.worker.1.${sequence}.1.1700000000.0`
  const delivered = (sequence: number): { ms: number; from: 'service'; message: NatsReply } => ({
    ms: sequence,
    from: 'service',
    message: message('orders.created', `{"n":${sequence}}`, ackSubject(sequence)),
  })
  const acknowledged = (sequence: number): { ms: number; from: 'client'; message: NatsReply } => ({
    ms: sequence + 0.5,
    from: 'client',
    message: { type: 'ack', ack: '+ACK', stream: 'ORDERS', sequence },
  })
  const policy = (name: string): NatsReply =>
    message('_INBOX.1', `{"stream_name":"ORDERS","name":"worker","config":{"ack_policy":"${name}"}}`)

  it('is one that others overtake', () => {
    const [finding, ...others] = found((t) =>
      t.subscribe('_INBOX.7', [delivered(1), acknowledged(1), delivered(2), delivered(3), acknowledged(3)]),
    )
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      code: 'never-acknowledged',
      title: 'events: a message of orders.created was never acknowledged by ORDERS worker',
    })
    expect(finding!.detail).toEqual(['orders.created  {"n":2}'])
  })

  it('is none that others overtake while it may still be worked on', () => {
    const messages = [delivered(1), acknowledged(1), delivered(2), delivered(3), acknowledged(3)]
    expect(codes((t) => t.subscribe('_INBOX.7', messages, { ends: false }))).toEqual([])
    expect(codes((t) => t.subscribe('_INBOX.7', messages, { ends: false }).wait(1500))).toEqual(['never-acknowledged'])
  })

  const withPolicy = (name: string, waitedMs: number) => (t: TimelineBuilder) =>
    t
      .publish('$JS.API.CONSUMER.INFO.ORDERS.worker', '', { reply: '_INBOX.1', messages: [policy(name)] })
      .subscribe('_INBOX.7', [delivered(1)], { ends: false })
      .wait(waitedMs)

  it('is one of a consumer that wants acknowledgements and gets none', () => {
    expect(codes(withPolicy('explicit', 2000))).toEqual(['never-acknowledged'])
  })

  it('is none where none is wanted, and none while it may still be worked on', () => {
    expect(codes(withPolicy('none', 2000))).toEqual([])
    expect(codes(withPolicy('explicit', 20))).toEqual([])
    expect(codes((t) => t.subscribe('_INBOX.7', [delivered(1)], { ends: false }).wait(2000))).toEqual([])
  })
})

describe('a slow statement', () => {
  it('is said with its plan where the server tells it', () => {
    const plan =
      'duration: 1400.1 ms  plan:\nQuery Text: SELECT * FROM orders WHERE note = $1\nSeq Scan on orders  (cost=0.00..1.00 rows=1)'
    const [finding] = found((t) =>
      t.sql('SELECT * FROM orders WHERE note = $1', { parameters: ['x'], rows: 1, ms: 1400, notice: plan }),
    )
    expect(finding).toMatchObject({ code: 'slow-statement', severity: 'note' })
    expect(finding!.detail.slice(1)).toEqual(['plan:', 'Seq Scan on orders  (cost=0.00..1.00 rows=1)'])
  })

  it('is one that takes many times what others take', () => {
    const build = (t: TimelineBuilder): unknown => {
      for (const i of range(30)) t.sql(`SELECT * FROM a${i}`, { rows: 1, ms: 2 })
      return t.sql('SELECT * FROM orders', { rows: 1, ms: 400 })
    }
    expect(codes(build)).toEqual(['slow-statement'])
  })

  it('is none that was asked to wait', () => {
    expect(codes((t) => t.sql('SELECT pg_sleep(2)', { rows: 1, ms: 2000 }))).toEqual([])
  })
})

describe('an effect that may have happened twice', () => {
  it('is a POST that is sent again after it broke', () => {
    const build = (t: TimelineBuilder): unknown =>
      t
        .http('POST /v1/charges', { body: '{"amount":5}', failure: 'reset' })
        .http('POST /v1/charges', { body: '{"amount":5}' })
    expect(codes(build)).toEqual(['repeated-effect'])
  })

  it('is none with an idempotency key, and none after an answer that says no', () => {
    const headers = [['Idempotency-Key', 'k1']] as const
    expect(
      codes((t) => t.http('POST /v1/charges', { headers, failure: 'reset' }).http('POST /v1/charges', { headers })),
    ).toEqual([])
    expect(codes((t) => t.http('POST /v1/charges', { status: 422 }).http('POST /v1/charges'))).toEqual([])
  })
})
