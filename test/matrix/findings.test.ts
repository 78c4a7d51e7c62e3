import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../src/matrix/findings.ts'
import type { Observation } from '../../src/matrix/observation.ts'
import { weaknessesOf } from '../../src/matrix/weaknesses.ts'
import { judgedCell, type Script } from './cases.ts'

const late: Partial<Observation> = { passed: false, ended: 'late', durationMs: 5000 }
const insert = "INSERT INTO orders (reference) VALUES ('a')"

function failed(name: string, message: string, frame: string): Partial<Observation> {
  return { passed: false, errors: [{ name, message, stack: `${name}: ${message}\n    at ${frame}` }] }
}

describe('findings', () => {
  it('of one cause are one: a client without a timeout', () => {
    const paths = ['/a', '/b', '/c', '/d', '/e', '/f', '/g']
    const cells = paths.map((path) => {
      const crossed: Script = (t) => t.http(`GET ${path}`)
      return judgedCell({ clean: crossed, faulted: crossed, fault: 'no answer', operation: `GET ${path}`, how: late })
    })
    const [finding, ...others] = findingsOf(cells)
    expect(others).toEqual([])
    expect(finding?.cells).toHaveLength(7)
    expect(finding?.sentence).toBe(
      'No answer from `payments` is waited for without end, at 7 operations (`GET /a`, `GET /b`, `GET /c`, `GET /d` and 3 more)',
    )
    const gaveUp = { ...late, waited: { ms: 80_000, until: 'gave up' } } as const
    const slow = ['/a', '/b'].map((path) => {
      const crossed: Script = (t) => t.http(`GET ${path}`)
      return judgedCell({ clean: crossed, faulted: crossed, fault: 'no answer', operation: `GET ${path}`, how: gaveUp })
    })
    expect(findingsOf(slow).map(({ sentence }) => sentence)).toEqual([
      'No answer from `payments` is waited for too long, at 2 operations (`GET /a`, `GET /b`): it gave up only after 80 s',
    ])
  })

  it('of one cause are one: effects of one transaction, wherever the fault struck', () => {
    const charge: Script = (t) => t.http('POST /v1/charges')
    const clean: Script = (t) => t.sql('BEGIN').sql(insert).http('POST /v1/charges').sql('COMMIT')
    const how = { passed: false, errors: [] }
    const at = (fault: string, operation: string) =>
      judgedCell({ clean, faulted: charge, fault, operation, boundary: 'orders', how })
    const cells = [at('lost before commit', 'COMMIT'), at('sqlstate 40P01', 'INSERT orders')]
    const [finding, ...others] = findingsOf(cells)
    expect(others).toEqual([])
    expect(finding?.operations).toEqual(['COMMIT', 'INSERT orders'])
    expect(finding?.sentence).toBe(
      '`COMMIT` was never done: the connection was lost before → POST /v1/charges at payments stands, and INSERT orders at orders took place not at all instead of once; so it goes at `INSERT orders` too',
    )
  })

  it('of one cause are one: a client that one line takes and nobody gives back, whatever fails meanwhile', () => {
    const at = (operation: string, line: number) => {
      const crossed: Script = (t) => t.http(operation)
      const how = { leftOpen: [{ kind: 'pool client', site: `src/pay.ts:${line}` }] } as const
      return judgedCell({ clean: crossed, faulted: crossed, fault: '503', operation, how })
    }
    const findings = findingsOf([at('GET /a', 12), at('GET /b', 12), at('GET /b', 20)])
    expect(findings.map(({ site, operations }) => [site, operations])).toEqual([
      ['src/pay.ts:12', ['GET /a', 'GET /b']],
      ['src/pay.ts:20', ['GET /b']],
    ])
  })

  it('of one cause are one: a client whose errors nobody hears', () => {
    const clean: Script = (t) => t.transaction(() => t.sql(insert))
    const ended = 'Connection terminated unexpectedly'
    const at = (fault: string, operation: string, message: string, rejected?: true, boundary = 'orders') => {
      const uncaught = [
        { name: 'Error', message, stack: `Error: ${message}\n    at node:events:5:1`, ...(rejected && { rejected }) },
      ]
      return judgedCell({ clean, faulted: () => {}, fault, operation, boundary, how: { passed: false, uncaught } })
    }
    const unheard = [
      at('connection lost', 'INSERT orders', ended),
      at('lost before commit', 'COMMIT', ended),
      at('idle connection lost', 'COMMIT', 'terminating connection due to administrator command'),
    ]
    const [finding, ...others] = findingsOf(unheard)
    expect(others).toEqual([])
    expect(finding?.operations).toEqual(['COMMIT', 'INSERT orders'])
    expect(finding?.best.judgement.advice).toBe(
      "listen to the errors of the pool (`pool.on('error', …)`), and of a client while it is taken out of it (`client.on('error', …)`)",
    )
    const elsewhere = at('connection lost', 'INSERT orders', ended, undefined, 'stock')
    const thrownAway = at('connection lost', 'INSERT orders', ended, true)
    expect(thrownAway.judgement.advice).toBeUndefined()
    expect(findingsOf([...unheard, elsewhere, thrownAway])).toHaveLength(3)
    const numbered = [17, 18].map((id, i) =>
      at('connection lost', i === 0 ? 'INSERT orders' : 'COMMIT', `no order ${id}`),
    )
    expect(findingsOf(numbered)).toHaveLength(1)
  })

  it('are one by the line that throws, and their key does not change with lines and folders', () => {
    const crossed: Script = (t) => t.http('GET /a').http('GET /b')
    const frame = (folder: string, line: number): string => `read (${folder}/src/labels.ts:${line}:3)`
    const at = (operation: string, stack: string) =>
      judgedCell({
        clean: crossed,
        faulted: crossed,
        fault: '404',
        operation,
        how: failed('TypeError', 'x is not a function', stack),
      })
    const same = [at('GET /a', frame('/home/a', 3)), at('GET /b', frame('/home/a', 3))]
    expect(findingsOf(same)).toHaveLength(1)
    expect(findingsOf([...same, at('GET /b', frame('/home/a', 4))])).toHaveLength(2)
    const keys = [frame('/home/a', 3), frame('/ci/b', 9)].map((stack) => findingsOf([at('GET /a', stack)])[0]?.key)
    expect(keys).toEqual(['O7 · payments · at read (labels.ts)', 'O7 · payments · at read (labels.ts)'])
  })

  it('begin with money and data, then where the risk is highest', () => {
    const charge: Script = (t) => t.http('POST /v1/charges')
    const twice: Script = (t) => t.http('POST /v1/charges').http('POST /v1/charges')
    const row: Script = (t) => t.sql(insert)
    const rows: Script = (t) => t.sql(insert).sql(insert)
    const cells = [
      judgedCell({ clean: charge, faulted: charge, fault: 'no answer', operation: 'POST /v1/charges', how: late }),
      judgedCell({ clean: row, faulted: rows, fault: 'write answer lost', operation: 'INSERT orders' }),
      judgedCell({ clean: charge, faulted: twice, fault: 'reply lost', operation: 'POST /v1/charges' }),
    ]
    const order = (name: string): string[] =>
      findingsOf(cells, new Map([[name, 'critical']])).map(({ best }) => best.shown.cell.fault)
    expect(order('orders')).toEqual(['write answer lost', 'reply lost', 'no answer'])
    expect(order('payments')).toEqual(['reply lost', 'write answer lost', 'no answer'])
  })
})

describe('weaknesses', () => {
  const how = failed('Error', 'it failed', 'refund (src/refund.ts:1:1)')
  const refund: Script = (t) => t.transaction(() => t.sql('UPDATE payments SET refunded = true'))

  it('are failures in order under what good code makes nothing of', () => {
    const at = (fault: string) =>
      judgedCell({ clean: refund, faulted: () => {}, fault, operation: 'UPDATE payments', how })
    const [weakness, ...others] = weaknessesOf([at('sqlstate 40001'), at('sqlstate 40P01'), at('sqlstate 25006')])
    expect(others).toEqual([])
    expect(weakness?.sentence).toBe(
      '`UPDATE payments` failed with 40001, a serialization failure → failed, in order; good code would roll back, and do the whole transaction again; the same with `sqlstate 40P01`',
    )
  })

  it('are no reads that are gone, and no writes of which nobody knows whether they were done', () => {
    const get: Script = (t) => t.http('GET /a')
    const post: Script = (t) => t.http('POST /a')
    const at = (clean: Script, operation: string, fault: string) =>
      judgedCell({ clean, faulted: () => {}, fault, operation, how })
    expect(weaknessesOf([at(get, 'GET /a', '404'), at(post, 'POST /a', '503')])).toEqual([])
    expect(weaknessesOf([at(get, 'GET /a', '503')])).toHaveLength(1)
    const withToken: Script = (t) => t.http('POST /oauth/token').http('GET /a')
    expect(weaknessesOf([at(get, 'GET /a', '401')])).toEqual([])
    expect(weaknessesOf([at(withToken, 'GET /a', '401')])).toHaveLength(1)
  })

  it('are none under a second fault, as it may be the first one that the test fails with', () => {
    const one = judgedCell({
      clean: refund,
      faulted: () => {},
      fault: 'sqlstate 40001',
      operation: 'UPDATE payments',
      how,
    })
    const after = { boundary: 'payments', operation: 'POST /v1/refunds', nth: 1, fault: '401' }
    const paired = { ...one, shown: { ...one.shown, cell: { ...one.shown.cell, after } } }
    expect(weaknessesOf([one])).toHaveLength(1)
    expect(weaknessesOf([paired])).toEqual([])
  })

  it('are credentials that are refused once only where others can be fetched', () => {
    const read: Script = (t) => t.http('GET /a')
    const at = (clean: Script) => judgedCell({ clean, faulted: () => {}, fault: '401', operation: 'GET /a', how })
    expect(weaknessesOf([at(read)])).toEqual([])
    expect(weaknessesOf([at((t) => t.http('POST /oauth/token').http('GET /a'))])).toHaveLength(1)
  })

  it('are an INSERT that meets a row like it, where the program has looked for the row before', () => {
    const look: Script = (t) => t.sql("SELECT id FROM orders WHERE reference = 'a'", { rows: 0 }).sql(insert)
    const at = (clean: Script) =>
      judgedCell({ clean, faulted: () => {}, fault: 'sqlstate 23505', operation: 'INSERT orders', how })
    expect(weaknessesOf([at(look)])).toHaveLength(1)
    expect(weaknessesOf([at((t) => t.sql(insert))])).toEqual([])
  })
})
