import { expect, it } from 'vitest'
import { realSetImmediate, realSetTimeout } from '../../core/real-clock.ts'
import { makeProgramTimers, type ProgramTimers } from './program-timers.ts'

/** A timer that is used again whenever it has fired, as the ticks are by which node's `fetch` counts. */
function tick(timers: ProgramTimers, everyMs: number, work: () => void): NodeJS.Timeout {
  const timer = realSetTimeout(() => {
    work()
    timer.refresh()
  }, everyMs)
  timers.add(timer)
  return timer
}

const turn = (): Promise<void> => new Promise((resolve) => void realSetImmediate(resolve))

it('a timer that was moved fires in the next turn, and is then as long again as it was made', async () => {
  const timers = makeProgramTimers()!
  let ticks = 0
  const timer = tick(timers, 60_000, () => ticks++)
  for (let i = 1; i <= 20; i++) {
    const next = timers.next()!
    // What has gone by since then is left out.
    expect(next).toBeGreaterThan(50_000)
    timers.advance(next)
    await expect.poll(() => ticks, { interval: 1 }).toBe(i)
    await turn()
  }
  clearTimeout(timer)
  expect(timers.next()).toBeUndefined()
})

it('an interval that was moved goes on as it was made', async () => {
  const timers = makeProgramTimers()!
  let ticks = 0
  const timer = setInterval(() => ticks++, 4000)
  timers.add(timer)
  for (let i = 1; i <= 20; i++) {
    const next = timers.next()!
    expect(next).toBeGreaterThan(3000)
    timers.advance(next)
    await expect.poll(() => ticks, { interval: 1 }).toBe(i)
  }
  clearInterval(timer)
})

it('tells how many have come to their end, and not of those that were cleared or are still to come', async () => {
  const timers = makeProgramTimers()!
  const made = (work: () => void, ms: number): NodeJS.Timeout => {
    const timer = realSetTimeout(work, ms)
    timers.add(timer)
    return timer
  }
  const later = made(() => {}, 60_000)
  clearTimeout(made(() => {}, 60_000))
  expect(timers.fired()).toBe(0)
  // Its own work counts it already.
  const within = await new Promise<number>((resolve) => void made(() => resolve(timers.fired()), 1))
  expect([within, timers.fired()]).toEqual([1, 1])
  timers.advance(60_000)
  await expect.poll(() => timers.fired(), { interval: 1 }).toBe(2)
  const often = setInterval(() => {}, 2)
  timers.add(often)
  await expect.poll(() => timers.fired(), { interval: 1 }).toBeGreaterThan(3)
  clearInterval(often)
  clearTimeout(later)
})
