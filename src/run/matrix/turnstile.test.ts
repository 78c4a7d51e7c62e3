import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeTurnstile } from './turnstile.ts'

it('what is to be alone is, whoever comes when, and all is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { maxLength: 12 }), async (scheduler, kinds) => {
      const turnstile = makeTurnstile()
      const working = new Set<number>()
      const seen: number[] = []
      const work = (i: number, isAlone: boolean) => async (): Promise<void> => {
        working.add(i)
        if (isAlone) expect(working.size).toBe(1)
        await scheduler.schedule(Promise.resolve())
        if (isAlone) expect(working.size).toBe(1)
        working.delete(i)
        seen.push(i)
        if (i % 3 === 2) throw new Error('it went wrong')
      }
      const all = kinds.map(async (isAlone, i) => {
        await scheduler.schedule(Promise.resolve())
        await (isAlone ? turnstile.alone(work(i, true)) : turnstile.together(work(i, false)))
      })
      const ends = Promise.allSettled(all)
      await scheduler.waitFor(ends)
      expect((await ends).filter(({ status }) => status === 'rejected').length).toBe(Math.floor(kinds.length / 3))
      expect(seen.toSorted((a, b) => a - b)).toEqual(kinds.map((_, i) => i))
    }),
  )
})
