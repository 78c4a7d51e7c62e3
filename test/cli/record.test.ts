import { describe, expect, it } from 'vitest'
import { type Project, project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

interface Change {
  readonly kind: string
  readonly operation: string
  readonly differences: readonly { readonly path: string; readonly before?: string; readonly after?: string }[]
}

const ask = `
for (const path of process.argv.slice(2)) await (await fetch(process.env.SHOP + path)).text()
`

/** Places an order and looks at it, under whatever id it got. */
const order = `
const { id } = await (await fetch(process.env.SHOP + '/orders', { method: 'POST' })).json()
await (await fetch(process.env.SHOP + '/orders/' + id)).text()
`

interface Shop extends Project {
  /** What the service answers, by path; a function is asked each time. */
  readonly answers: Record<string, unknown>
  record(script: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>
  recordJson(script: string, ...args: string[]): Promise<{ changes: Change[]; renewed: number }>
}

async function shop(after: (close: () => Promise<void> | void) => void): Promise<Shop> {
  const answers: Record<string, unknown> = {}
  let count = 0
  const service = await upstream(
    (request, response) => {
      request.resume().on('end', () => {
        const answer = answers[`${request.method} ${request.url}`] ?? answers['*']
        const body = typeof answer === 'function' ? (answer as (url: string) => unknown)(request.url ?? '') : answer
        response
          .setHeader('x-request-id', `req-${++count}`)
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify(body))
      })
    },
    { after },
  )
  const made = project({
    after,
    config: `import { http } from 'mortar'
    export default { boundaries: { shop: http({ origin: '${service.origin}', env: 'SHOP' }) } }`,
    files: { 'ask.mjs': ask, 'order.mjs': order },
  })
  const line = (script: string, args: readonly string[]): string[] => ['--', 'node', script, ...args]
  return {
    ...made,
    answers,
    record: (script, ...args) => made.mortar(['record', ...line(script, args)]),
    recordJson: async (script, ...args) =>
      JSON.parse((await made.mortar(['record', '--json', ...line(script, args)])).stdout) as never,
  }
}

describe.concurrent('mortar record', () => {
  it('says which fields of an answer changed, from what to what', async ({ onTestFinished: after }) => {
    const store = await shop(after)
    store.answers['GET /v1/products/a'] = { name: 'A', price: 1200, currency: 'eur' }
    await store.record('ask.mjs', '/v1/products/a')
    store.answers['GET /v1/products/a'] = { name: 'A', price: 1300, currency: 'usd' }
    const { stdout } = await store.record('ask.mjs', '/v1/products/a')
    expect(stdout).toContain('changed  GET /v1/products/a  cassettes/run.json')
    expect(stdout).toMatch(/^ +body\.price +1200 → 1300$/m)
    expect(stdout).toMatch(/^ +body\.currency +"eur" → "usd"$/m)
    expect(stdout).not.toContain('x-request-id')
  })

  it('shows six differences of an operation, and all of them as JSON', async ({ onTestFinished: after }) => {
    const store = await shop(after)
    const many = (value: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`field${i}`, value]))
    store.answers['*'] = many(1)
    await store.record('ask.mjs', '/wide')
    store.answers['*'] = many(2)
    const { stdout } = await store.record('ask.mjs', '/wide')
    expect(stdout.match(/body\.field\d/g)).toHaveLength(6)
    expect(stdout).toContain('… and 3 more')
    store.answers['*'] = many(3)
    const { changes } = await store.recordJson('ask.mjs', '/wide')
    expect(changes[0]!.differences).toHaveLength(9)
    expect(changes[0]!.differences[0]).toEqual({ path: 'body.field0', before: '2', after: '3' })
  })

  it('keeps a recording that is still true, and dates it anew', async ({ onTestFinished: after }) => {
    const store = await shop(after)
    store.answers['*'] = { price: 1200 }
    await store.record('ask.mjs', '/a', '/b')
    const text = store.read('cassettes/run.json')
    store.write('cassettes/run.json', text.replace(/"at": "20\d\d/g, '"at": "2001'))
    const { stdout } = await store.record('ask.mjs', '/a', '/b')
    expect(stdout).toContain('No recording changed.')
    expect(stdout).toContain('2 recordings confirmed')
    const before = text.split('\n')
    const now = store.read('cassettes/run.json').split('\n')
    const differing = now.filter((line, i) => line !== before[i])
    expect(now).toHaveLength(before.length)
    // One line for the file, and one for each exchange.
    expect(differing.map((line) => line.trim().slice(0, 7))).toEqual(['"at": "', '"at": "', '"at": "'])
    expect(store.read('cassettes/run.json')).not.toContain('"2001')
  })

  it('writes anew only what changed', async ({ onTestFinished: after }) => {
    const store = await shop(after)
    store.answers['GET /a'] = { price: 1 }
    store.answers['GET /b'] = { price: 1 }
    await store.record('ask.mjs', '/a', '/b')
    store.answers['GET /b'] = { price: 2 }
    const { changes, renewed } = await store.recordJson('ask.mjs', '/a', '/b')
    expect(changes.map(({ kind, operation }) => `${kind} ${operation}`)).toEqual(['changed GET /b'])
    expect(renewed).toBe(1)
    const { exchanges } = JSON.parse(store.read('cassettes/run.json')) as { exchanges: { response: unknown }[] }
    expect(JSON.stringify(exchanges[0])).toContain('"x-request-id","req-1"')
    expect(JSON.stringify(exchanges[1])).toContain('"x-request-id","req-4"')
  })

  it('takes an operation on another id for the same one', async ({ onTestFinished: after }) => {
    const store = await shop(after)
    let last = 0
    store.answers['POST /orders'] = () => ({ id: `ord_${++last}`, total: 5 })
    store.answers['*'] = (url: string) => ({ url, total: 5 })
    await store.record('order.mjs')
    const { changes } = await store.recordJson('order.mjs')
    expect(changes.map(({ kind, operation }) => `${kind} ${operation}`)).toEqual([
      'changed POST /orders',
      'changed GET /orders/{id}',
    ])
    // The one names what the other is asked for: replay needs both from the same recording.
    const replay = await store.mortar(['run', '--', 'node', 'order.mjs'], { env: { MORTAR_RECORD: 'none' } })
    expect(replay.code).toBe(0)
  })

  it('says what is new and what is gone', async ({ onTestFinished: after }) => {
    const store = await shop(after)
    store.answers['*'] = {}
    await store.record('ask.mjs', '/apples', '/pears')
    const { stdout } = await store.record('ask.mjs', '/apples', '/plums')
    expect(stdout).toContain('added    GET /plums')
    expect(stdout).toContain('removed  GET /pears')
    expect(stdout).not.toContain('/apples')
  })
})
