import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

/** A list of two pages, linked as its path says; a refusal; GraphQL. */
function answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://service')
  const page = Number(searchParams.get('page') ?? 1)
  const json = (status: number, body: unknown, more = {}): void =>
    void response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(body))
  const next = page < 2 ? page + 1 : null
  const to = `http://${headers.host}${pathname}?page=${next}`
  if (pathname === '/linked') return json(200, [{ id: page }], next ? { link: `<${to}>; rel="next"` } : {})
  if (pathname === '/cursors') return json(200, { data: { items: [page] }, next: next && String(next) })
  if (pathname === '/urls') return json(200, { items: [page], links: { next: next && `${pathname}?page=${next}` } })
  if (pathname === '/flagged') return json(200, { items: [page], hasMore: next !== null })
  if (pathname === '/refused') return json(402, { error: { code: 'card_declined', message: 'no' } })
  return json(200, { data: { user: { name: 'Ada', orders: [1] } } })
}

const suite = (origin: string): string => `import { expect, test } from 'vitest'
import { mortarTest } from 'mortar/vitest'
import { httpFaults } from 'mortar/faults'
const arm = (fault) => mortarTest.boundary('api').fault(fault)
const get = (path) => fetch(new URL(path, '${origin}'))
const json = async (path) => (await get(path)).json()

/** Ways to go through a list; each gives what was on at most nine pages. */
const lists = {
  async linked(path = '/linked') {
    const pages = []
    for (let url = path; url && pages.length < 9; ) {
      const response = await get(url)
      pages.push((await response.json()).map(({ id }) => id))
      url = /<([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
    }
    return pages
  },
  async cursors(path = '/cursors') {
    const pages = []
    for (let cursor = '1'; cursor && pages.length < 9; ) {
      const { data, next } = await json(path + '?page=' + cursor)
      pages.push(data.items)
      cursor = next
    }
    return pages
  },
  async urls(path = '/urls') {
    const pages = []
    for (let url = path; url && pages.length < 9; ) {
      const { items, links } = await json(url)
      pages.push(items)
      url = links.next
    }
    return pages
  },
  async flagged(path = '/flagged') {
    const pages = []
    for (let page = 1, more = true; more && pages.length < 9; page++) {
      const { items, hasMore } = await json(path + '?page=' + page)
      pages.push(items)
      more = hasMore
    }
    return pages
  },
}
test.each(Object.entries(lists))('a list goes on behind its last page: %s', async (name, list) => {
  const whole = [[1], [2]]
  expect(await list()).toEqual(whole)
  for (const [kind, pages] of [['empty', [[1], [2], []]], ['last again', [[1], [2], [2]]], ['endless', [[1], [2], [], [], [], [], [], [], []]]]) {
    const fault = await arm(httpFaults.morePages(kind))
    expect([await list(), kind]).toEqual([pages, kind])
    fault.disarm()
  }
  expect(await list()).toEqual(whole)
})
test('a refusal for another reason', async () => {
  await arm(httpFaults.anotherRefusal())
  const response = await get('/refused')
  expect([response.status, await response.json()]).toEqual([402, { error: { code: 'other_reason', message: 'no' } }])
})
test('GraphQL that says no with 200', async () => {
  await arm(httpFaults.graphqlErrors())
  const response = await get('/graphql')
  expect([response.status, await response.json()]).toMatchObject([200, { errors: [{}], data: null }])
})
test('GraphQL with a part missing', async () => {
  await arm(httpFaults.graphqlPartial())
  const { data, errors } = await json('/graphql')
  expect([data, errors[0].path]).toEqual([{ user: { name: 'Ada', orders: null } }, ['user', 'orders']])
})
test('a redirect to where nobody is', async () => {
  await arm(httpFaults.redirect({ times: 2 }))
  const seen = await fetch('${origin}/x', { redirect: 'manual' })
  expect([seen.status, seen.headers.get('location')]).toEqual([302, expect.stringMatching(/^http:/)])
  await expect(get('/x')).rejects.toThrow('fetch failed')
})
test('no connection', async () => {
  await arm(httpFaults.noConnection('refused', { nth: 1 }))
  await arm(httpFaults.noConnection('timeout', { nth: 2 }))
  const code = () => get('/x').catch(({ cause }) => cause.code)
  expect([await code(), await code()]).toEqual(['ECONNREFUSED', 'ETIMEDOUT'])
})
test('too many, until a date', async () => {
  await arm(httpFaults.status(429, { retryAfter: () => new Date(0).toUTCString() }))
  expect((await get('/x')).headers.get('retry-after')).toBe('Thu, 01 Jan 1970 00:00:00 GMT')
})
`

it('each fault of an answer is what the client sees', async ({ onTestFinished: after }) => {
  const service = await upstream(answer, { after })
  const made = project({
    after,
    packages: ['vitest'],
    config: `import { http } from 'mortar'
export default { boundaries: { api: http({ origin: '${service.origin}', record: 'live' }) } }`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { reporters: [['json', { outputFile: 'report.json' }]] } }`,
      'faults.test.mjs': suite(service.origin),
    },
  })
  await made.node(['node_modules/vitest/vitest.mjs', 'run'])
  const { testResults } = JSON.parse(made.read('report.json')) as {
    testResults: { assertionResults: { title: string; failureMessages: string[] }[] }[]
  }
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  expect(results.flatMap(({ failureMessages }) => failureMessages)).toEqual([])
  expect(results).toHaveLength(10)
})
