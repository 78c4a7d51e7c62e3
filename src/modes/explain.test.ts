import { describe, expect, it } from 'vitest'
import type { TestRef } from '../core/exchange.ts'
import { createFacets } from '../protocols/http/facets.ts'
import { createIdentifier } from '../protocols/http/identify.ts'
import type { HttpMatch } from '../protocols/http/boundary.ts'
import type { HttpQuestion } from '../protocols/http/message.ts'
import { type Asked, type Candidate, explainMiss, type Miss } from './explain.ts'

const own: TestRef = { file: 'test/triage.test.ts', name: 'triage > labels a bug' }
const other: TestRef = { file: 'test/close.test.ts', name: 'closes what is stale' }
const repo = 'https://api.github.com/repos/octokit/rest.js'

type Request = readonly [method: string, url: string, body?: unknown]

function question([method, url, body]: Request): HttpQuestion {
  return {
    method,
    url,
    version: '1.1',
    headers: [],
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    trailers: [],
  }
}

function compared(request: Request, match: HttpMatch = {}): Pick<Asked, 'identity' | 'facets'> {
  return {
    identity: createIdentifier(match)(question(request)),
    facets: createFacets(match)(question(request)),
  }
}

function recorded(request: Request, about: Partial<Candidate> = {}): Candidate {
  return {
    ...compared(request),
    test: own,
    cassette: 'test/cassettes/triage/labels-a-bug.json',
    recordedAt: Date.UTC(2026, 0, 15),
    state: 'available',
    ...about,
  }
}

function explain(request: Request, candidates: readonly Candidate[], about: Partial<Asked> = {}): Miss {
  const [method, url] = request
  return explainMiss(
    {
      boundary: 'github',
      operation: `${method} ${new URL(url).pathname}`,
      summary: `${method} ${url}`,
      test: own,
      mode: 'once',
      ...compared(request),
      ...about,
    },
    candidates,
  )
}

/** The word after `Cause: `, which is the first thing said after what was asked. */
function namedFirst(miss: Miss): string {
  return /^Cause: ([\w ]+?)(?:\.| in )/m.exec(miss.text)![1]!
}

describe('an unanswered question', () => {
  it('is explained by a recording that is already consumed', () => {
    const list: Request = ['GET', `${repo}/issues?page=1`]
    const miss = explain(list, [
      recorded(list, { state: 'consumed' }),
      recorded(['GET', `${repo}/issues?page=2`]),
      recorded(list, { state: 'other-test', test: other }),
    ])
    expect(miss.cause).toBe('already-consumed')
    expect(namedFirst(miss)).toBe('already consumed')
    expect(miss.text).toContain('has 1 recording of this request, and the test asks more often than that')
    expect(miss.fix).toContain('MORTAR_RECORD=new npx mortar check')
  })

  it('is explained by a recording that belongs to another test', () => {
    const user: Request = ['GET', 'https://api.github.com/user']
    const miss = explain(user, [
      recorded(['GET', 'https://api.github.com/users/7']),
      recorded(user, { state: 'other-test', test: other, cassette: 'test/cassettes/close.json' }),
    ])
    expect(miss.cause).toBe('other-test')
    expect(namedFirst(miss)).toBe('recorded for another test')
    expect(miss.text).toContain('test "closes what is stale" in test/close.test.ts')
  })

  it('is explained by a recording that has expired', () => {
    const user: Request = ['GET', 'https://api.github.com/user']
    const miss = explain(user, [
      recorded(user, { state: 'consumed', test: other, recordedAt: 0 }),
      recorded(user, { state: 'expired' }),
    ])
    expect(miss.cause).toBe('expired')
    expect(namedFirst(miss)).toBe('expired')
    expect(miss.text).toContain('2026-01-15')
    expect(miss.fix).toContain('MORTAR_RECORD=all')
  })

  it('is explained by a secret that another rule replaced', () => {
    const at = (token: string): Request => ['POST', 'https://api.github.com/login?v=3', { user: 'me', token }]
    const miss = explain(at('{{github-token:1f2e3d4c}}'), [
      recorded(at('{{high-entropy:aabbccdd}}')),
      recorded(['POST', 'https://api.github.com/login?v=3', { user: 'you', token: '{{github-token:1f2e3d4c}}' }]),
    ])
    expect(miss.cause).toBe('redacted-differently')
    expect(namedFirst(miss)).toBe('redacted differently')
    expect(miss.text).toContain('body.token is {{github-token:1f2e3d4c}} here and {{high-entropy:aabbccdd}} there')
  })

  it('is explained by a secret that is redacted on one side, without showing it', () => {
    const at = (token: string): Request => ['POST', 'https://api.github.com/user', { token }]
    const miss = explain(at('gho_16C7e42F292c6912E7710c838347Ae178B4a'), [recorded(at('{{github-token:1f2e3d4c}}'))])
    expect(miss.cause).toBe('redacted-differently')
    expect(miss.text).not.toContain('16C7e42F')
    expect(miss.text).toContain('(not redacted, 40 characters) here')
  })

  it('is explained by the fields that differ, and told to ignore what is new on each run', () => {
    const at = (ts: number, id: string): Request => [
      'POST',
      `${repo}/issues?ts=${ts}`,
      { title: 'Bug', items: [{ id }] },
    ]
    const miss = explain(at(1763683200, '1b4e28ba-2fa1-11d2-883f-0016d3cca427'), [
      recorded(['POST', `${repo}/issues?ts=1763683200`, { title: 'Other', items: [{ id: 'x' }] }]),
      recorded(at(1763600000, '6fa459ea-ee8a-3ca4-894e-db77e160355e')),
    ])
    expect(miss.cause).toBe('differs')
    expect(namedFirst(miss)).toBe('differs')
    expect(miss.nearest[0]!.differences).toEqual([
      { path: 'query.ts', asked: '1763683200', recorded: '1763600000' },
      {
        path: 'body.items[0].id',
        asked: '1b4e28ba-2fa1-11d2-883f-0016d3cca427',
        recorded: '6fa459ea-ee8a-3ca4-894e-db77e160355e',
      },
    ])
    expect(miss.fix).toBe("add `match: { ignore: ['query.ts', 'body.items[*].id'] }` to boundary github in the config")
  })

  it('is explained by nothing being recorded', () => {
    const none = explain(['GET', 'https://api.github.com/user'], [])
    expect(none.cause).toBe('nothing-recorded')
    expect(namedFirst(none)).toBe('nothing recorded')
    expect(none.nearest).toEqual([])
    const unlike = explain(
      ['DELETE', `${repo}/issues/1/labels/bug`],
      [recorded(['GET', 'https://api.github.com/user'])],
    )
    expect(unlike.cause).toBe('nothing-recorded')
    expect(unlike.fix).toContain('MORTAR_RECORD=new')
  })
})

describe('the fix', () => {
  it('does what it promises: under the suggested option the two are the same', () => {
    const a: Request = ['POST', `${repo}/issues?nonce=a1&tag=x`, { requestId: 'one', title: 'Bug', 'trace.id': 'q' }]
    const b: Request = ['POST', `${repo}/issues?nonce=b2&tag=x`, { requestId: 'two', title: 'Bug', 'trace.id': 'q' }]
    const { fix } = explain(a, [recorded(b)])
    const ignore = Array.from(fix.matchAll(/'([^']+)'/g), ([, path]) => path!)
    expect(ignore).toEqual(['query.nonce', 'body.requestId'])
    expect(compared(a, { ignore }).identity).toEqual(compared(b, { ignore }).identity)
  })

  it('rewrites a path that is new on each run', () => {
    const at = (id: string): Request => ['GET', `https://api.test/orders/${id}/items`]
    const [a, b] = [at('1b4e28ba-2fa1-11d2-883f-0016d3cca427'), at('6fa459ea-ee8a-3ca4-894e-db77e160355e')]
    const { fix } = explain(a, [recorded(b)])
    const normalize = new Function(`return (${/normalize: (.+) \}`/.exec(fix)![1]})`)() as HttpMatch['normalize'] & {}
    expect(compared(a, { normalize }).identity).toEqual(compared(b, { normalize }).identity)
    expect(compared(a, { normalize }).identity).not.toEqual(compared(a).identity)
  })

  it('suggests to ignore a value that means something only as a second way', () => {
    const { fix } = explain(['GET', `${repo}/issues?page=3`], [recorded(['GET', `${repo}/issues?page=2`])])
    expect(fix).toBe(
      'run `MORTAR_RECORD=new npx mortar check`, which records it; ' +
        "or, if that should not matter, add `match: { ignore: ['query.page'] }` to boundary github",
    )
  })

  it('names the command that runs the test again, and the commit where recording is off', () => {
    const { fix } = explain(['GET', `${repo}/issues`], [], { command: 'npm test -- test/triage.test.ts', mode: 'none' })
    expect(fix).toContain('`MORTAR_RECORD=new npm test -- test/triage.test.ts`')
    expect(fix).toContain('commit')
  })
})

describe('the explanation', () => {
  it('reads like this', () => {
    const asked: Request = ['POST', `${repo}/issues/7/labels?ts=1763683200`, { labels: ['bug', 'p1'], note: 'x' }]
    const miss = explain(asked, [
      recorded(['POST', `${repo}/issues/7/labels?ts=1763600000`, { labels: ['bug'], note: 'x' }]),
      recorded(['POST', `${repo}/issues/8/labels?ts=1763683200`, { labels: ['bug', 'p1'], note: 'x' }], {
        state: 'consumed',
      }),
      recorded(['GET', `${repo}/issues`], { state: 'other-test', test: other }),
      recorded(['GET', 'https://api.github.com/user']),
    ])
    expect(miss.text).toBe(
      `
No recording answers POST https://api.github.com/repos/octokit/rest.js/issues/7/labels?ts=1763683200
  at boundary github, test "triage > labels a bug" in test/triage.test.ts, mode once

Cause: differs in query.ts and body.labels[1] from the closest recording.

Closest recordings:
  1. POST /repos/octokit/rest.js/issues/7/labels, recorded 2026-01-15, not used yet (test/cassettes/triage/labels-a-bug.json)
                     asked       recorded
     query.ts        1763683200  1763600000
     body.labels[1]  p1          (absent)
  2. POST /repos/octokit/rest.js/issues/8/labels, recorded 2026-01-15, already consumed (test/cassettes/triage/labels-a-bug.json)
           asked                                   recorded
     path  /repos/octokit/rest.js/issues/7/labels  /repos/octokit/rest.js/issues/8/labels

Fix: run \`MORTAR_RECORD=new npx mortar check\`, which records it; or, if that should not matter, add \`match: { ignore: ['query.ts', 'body.labels[*]'] }\` to boundary github
`.trim(),
    )
  })

  it('cuts long values to where they differ', () => {
    const at = (end: string): Request => ['POST', `${repo}/x`, { text: `${'lorem ipsum '.repeat(14)}${end} dolor` }]
    const { text } = explain(at('one'), [recorded(at('two'))])
    expect(text).toMatch(/^ +body\.text +….*one dolor +….*two dolor$/m)
  })

  it('says so when the parts shown are equal', () => {
    const list = Array.from({ length: 600 }, (_, i) => i)
    const { text, cause } = explain(
      ['POST', `${repo}/x`, [...list, 1]],
      [recorded(['POST', `${repo}/x`, [...list, 2]])],
    )
    expect(cause).toBe('differs')
    expect(text).toMatch(/body/)
  })

  it('names match.same when it alone refused a recording', () => {
    const match: HttpMatch = { same: () => false }
    const asked: Request = ['GET', `${repo}/issues`]
    const { text, cause } = explain(asked, [recorded(asked, compared(asked, match))], compared(asked, match))
    expect(cause).toBe('differs')
    expect(text).toContain('match.same')
  })

  it('compares only the closest of very many recordings field by field', () => {
    let read = 0
    const many = Array.from({ length: 10_000 }, (_, i): Candidate => {
      const { facets, ...rest } = recorded(['GET', `${repo}/issues/${i}?page=${i % 7}`])
      return {
        ...rest,
        get facets() {
          read++
          return facets
        },
      }
    })
    const miss = explain(['GET', `${repo}/issues/9876?page=9`], many)
    expect(miss.nearest[0]!.differences).toEqual([{ path: 'query.page', asked: '9', recorded: String(9876 % 7) }])
    expect(read).toBeLessThan(1000)
  })
})
