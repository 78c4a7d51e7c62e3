import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptAll, type AcceptableFinding, compareAccepted } from './accepted.ts'

function finding(key: string, line = 1): AcceptableFinding {
  return {
    boundary: 'payments',
    operation: 'POST /v1/charges',
    fault: 'reply lost',
    verdict: 'duplicate',
    site: `src/billing.ts:${line}`,
    sentence: `it took place twice (src/billing.ts:${line})`,
    key,
  }
}

const findings = fc.array(
  fc.constantFrom('a', 'b', 'c').map((key) => finding(key)),
  { maxLength: 6 },
)

describe('accepted findings', () => {
  it('keep no lines, and what was written by hand', () => {
    const [entry] = acceptAll([finding('a', 88)], [], true)
    expect(entry).toMatchObject({ site: 'src/billing.ts', sentence: 'it took place twice' })
    const byHand = { ...entry!, reason: 'the gateway knows orders by their number' }
    expect(acceptAll([finding('a', 90)], [byHand], true)).toEqual([byHand])
  })

  it('cover each as many findings as there were', () => {
    const [first] = acceptAll([finding('a')], [], true)
    expect(compareAccepted([finding('a'), finding('a')], [first!]).entries).toEqual([first, undefined])
  })

  it('are the same when they are accepted again, in any order', () => {
    fc.assert(
      fc.property(findings, findings, (once, then) => {
        const accepted = acceptAll(then, acceptAll(once, [], true), true)
        expect(acceptAll(then.toReversed(), accepted, true)).toEqual(accepted)
        expect(accepted).toHaveLength(then.length)
        expect(compareAccepted(then, accepted)).toMatchObject({ gone: [] })
      }),
    )
  })

  it('are never dropped by a run that did not try everything', () => {
    fc.assert(
      fc.property(findings, findings, (once, then) => {
        const before = acceptAll(once, [], true)
        const after = acceptAll(then, before, false)
        for (const entry of before) expect(after).toContain(entry)
      }),
    )
  })
})
