import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfirmLedger, DeliveryLedger } from './ledgers.ts'

/** What a fault does to a message: lets it through, sends a copy too, or keeps it from the other side. */
const fates = fc.array(fc.constantFrom('pass', 'copy', 'hide'), { maxLength: 20 })

it('each message is confirmed once under the number that its sender gave it, whatever was copied or hidden', () => {
  fc.assert(
    fc.property(fates, fc.nat({ max: 5 }), fc.nat({ max: 5 }), (messages, before, settled) => {
      const unconfirmed = Array.from({ length: before }, (_, i) => i + 1).slice(settled)
      const ledger = new ConfirmLedger(before, unconfirmed)
      let sent = before
      const expected = [...unconfirmed]
      for (const [i, fate] of messages.entries()) {
        const mine = before + i + 1
        if (fate === 'hide') continue
        expected.push(mine)
        ledger.sent(mine)
        sent++
        if (fate === 'copy') {
          ledger.sent(undefined)
          sent++
        }
      }
      // One by one up to the middle, and all the others at once.
      const middle = Math.floor(sent / 2)
      const confirmed = Array.from({ length: middle }, (_, i) => ledger.confirmed(i + 1, false)).flat()
      confirmed.push(...ledger.confirmed(sent, true))
      expect(confirmed).toEqual(expected)
      expect(ledger.confirmed(0, true)).toEqual([])
    }),
  )
})

it('each message is settled once under the tag that its broker gave it, and its tags have no gap for the client', () => {
  fc.assert(
    fc.property(fates, fc.nat({ max: 5 }), fc.boolean(), (messages, before, atOnce) => {
      const unsettled = Array.from({ length: before }, (_, i) => i + 1)
      const ledger = new DeliveryLedger(before, unsettled)
      const expected = [...unsettled]
      const brought: number[] = [...unsettled]
      for (const [i, fate] of messages.entries()) {
        const theirs = before + i + 1
        if (fate === 'hide') continue
        expected.push(theirs)
        brought.push(ledger.bring({ tag: theirs, requeue: false }, true))
        if (fate === 'copy') brought.push(ledger.bring({ tag: undefined, requeue: false }, true))
      }
      expect(brought).toEqual(brought.map((_, i) => i + 1))
      const settled = atOnce ? ledger.settle(0, true) : brought.flatMap((tag) => ledger.settle(tag, false))
      expect(settled.flatMap(({ tag }) => (tag === undefined ? [] : [tag]))).toEqual(expected)
      expect(ledger.settle(1, true)).toEqual([])
    }),
  )
})

it('what was abandoned is known to the client, and not to the broker any more', () => {
  const ledger = new DeliveryLedger(2, [2])
  ledger.bring({ tag: 5, requeue: false }, true)
  expect(ledger.abandon()).toEqual([2, 5])
  expect(ledger.settle(3, true)).toEqual([
    { tag: undefined, requeue: false },
    { tag: undefined, requeue: false },
  ])
  expect(ledger.settle(9, false)).toEqual([])
})
