import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptAll, type AcceptableFinding, compareAccepted } from './accepted.ts'

function finding(key: string, line = 1, operations = ['POST /v1/charges']): AcceptableFinding {
  return {
    boundary: 'payments',
    operation: 'POST /v1/charges',
    fault: 'reply lost',
    verdict: 'duplicate',
    site: `src/billing.ts:${line}`,
    sentence: `it took place twice (src/billing.ts:${line})`,
    operations,
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

  it('cover no operation at which they were not accepted, and keep the reason when it is', () => {
    const [entry] = acceptAll([finding('a')], [], true)
    const before = { ...entry!, reason: 'known' }
    const wider = finding('a', 1, ['POST /v1/charges', 'GET /v1/other'])
    expect(compareAccepted([wider], [before])).toEqual({ entries: [undefined], partly: [before], gone: [] })
    const [after] = acceptAll([wider], [before], true)
    expect(after).toMatchObject({ reason: 'known', operations: ['GET /v1/other', 'POST /v1/charges'] })
    expect(compareAccepted([finding('a', 1, ['GET /v1/other'])], [after!]).entries).toEqual([after])
    const { operations: _operations, ...early } = before
    expect(compareAccepted([wider], [early]).entries).toEqual([early])
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
