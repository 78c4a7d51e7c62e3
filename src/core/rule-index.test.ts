import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Identity } from './identity.ts'
import { compileRuleIndex, type Rule } from './rule-index.ts'

type Subject = { readonly n: number }

/** The meaning of a rule, written as directly as possible; slow on purpose. */
function applies(rule: Rule<number, Subject>, identity: Identity, subject: Subject): boolean {
  if (rule.origin !== undefined && rule.origin !== identity.origin) return false
  if (rule.method !== undefined && rule.method !== identity.method) return false
  if (rule.rest !== undefined && rule.rest !== identity.rest) return false
  if (rule.path !== undefined && rule.exactPath && rule.path !== identity.path) return false
  if (rule.path !== undefined && !rule.exactPath && !templateMatches(rule.path, identity.path)) return false
  if (rule.pathPattern && !new RegExp(rule.pathPattern).test(identity.path)) return false
  return rule.where === undefined || rule.where(subject)
}

function templateMatches(template: string, path: string): boolean {
  const wanted = template.split('/')
  const given = path.split('/')
  const open = wanted.at(-1) === '**'
  if (open) wanted.pop()
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false
  return wanted.every((segment, i) => (/^\{[^{}]+\}$/.test(segment) ? given[i] !== '' : segment === given[i]))
}

function linear(rules: readonly Rule<number, Subject>[], identity: Identity, subject: Subject): number[] {
  return rules.filter((rule) => applies(rule, identity, subject)).map((rule) => rule.value)
}

// Few distinct parts, so that rules overlap and questions hit.
const origin = fc.constantFrom('https://a.test', 'https://b.test', '')
const method = fc.constantFrom('GET', 'POST')
const rest = fc.constantFrom('', '?q=1', '?q=2')
const segment = fc.constantFrom('', 'a', 'b', '1', '**', '{{token}}', '{id}')
const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
const pattern = fc.constantFrom(/a/, /^\/b/, /1$/g, /B/i, /\/a\//y)
const where = fc.constantFrom(
  (subject: Subject) => subject.n > 1,
  (subject: Subject) => subject.n % 2 === 0,
)
const identity: fc.Arbitrary<Identity> = fc.record({ origin, method, path, rest })
const rule = fc.record(
  { origin, method, path, exactPath: fc.boolean(), pathPattern: pattern, rest, where },
  { requiredKeys: [] },
)
const rules = fc
  .array(rule, { maxLength: 40 })
  .map((list) => list.map((each, value): Rule<number, Subject> => ({ ...each, value })))
const subject = fc.record({ n: fc.nat(3) })

const at = (path: string, rest = ''): Identity => ({ origin: 'https://a.test', method: 'GET', path, rest })

describe('the compiled index', () => {
  it('finds what trying every rule in order finds, for any rules and questions', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(identity, subject), { minLength: 1, maxLength: 8 }), (all, questions) => {
        const index = compileRuleIndex(all)
        for (const [asked, about] of questions) {
          const expected = linear(all, asked, about)
          expect([...index.find(asked, about)]).toEqual(expected)
          expect(index.findFirst(asked, about)).toBe(expected[0])
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('finds the same whether its rules came at once or one by one between questions', () => {
    fc.assert(
      fc.property(rules, identity, subject, (all, asked, about) => {
        const index = compileRuleIndex<number, Subject>()
        all.forEach((each, i) => {
          index.add(each)
          expect([...index.find(asked, about)]).toEqual(linear(all.slice(0, i + 1), asked, about))
        })
        expect(index.size).toBe(all.length)
      }),
      { numRuns: 500 },
    )
  })

  it('takes a whole segment in braces for one segment that is not empty', () => {
    const index = compileRuleIndex([{ path: '/repos/{owner}/issues', value: 'issues' }])
    expect(index.findFirst(at('/repos/me/issues'), null)).toBe('issues')
    expect(index.findFirst(at('/repos//issues'), null)).toBeUndefined()
    expect(index.findFirst(at('/repos/me/you/issues'), null)).toBeUndefined()
  })

  it('takes a trailing ** for any number of segments, none included', () => {
    const index = compileRuleIndex([{ path: '/files/**', value: 1 }])
    for (const path of ['/files', '/files/', '/files/a', '/files/a/b']) expect(index.findFirst(at(path), null)).toBe(1)
    expect(index.findFirst(at('/filesystem'), null)).toBeUndefined()
  })

  it('takes a recorded path as it is, although it looks like a template', () => {
    const index = compileRuleIndex([{ path: '/files/**', exactPath: true, value: 1 }])
    expect(index.findFirst(at('/files/**'), null)).toBe(1)
    expect(index.findFirst(at('/files/a'), null)).toBeUndefined()
  })

  it('gives back the same list for a question asked again, so that the n-th answer costs as much as the first', () => {
    const index = compileRuleIndex(
      Array.from({ length: 1000 }, (_, value) => ({ ...at('/same', '?x=1'), exactPath: true, value })),
    )
    expect(index.find(at('/same', '?x=1'), null)).toBe(index.find(at('/same', '?x=1'), null))
  })
})
