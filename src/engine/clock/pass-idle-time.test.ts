import { expect, it } from 'vitest'
import { realElapsed } from '../../core/real-clock.ts'
import { type IdleOptions, passIdleTime } from './pass-idle-time.ts'
import type { ProgramClock } from './program-clock.ts'

/** How long it takes until time is passed, or is taken to be over, milliseconds. */
function waitFor(
  next: number | undefined,
  patience: number,
  isBusy: IdleOptions['isBusy'] = () => false,
): Promise<number> {
  const began = realElapsed()
  return new Promise((resolve) => {
    const done = (): void => {
      stop()
      resolve(realElapsed() - began)
    }
    const clock: Pick<ProgramClock, 'aheadMs' | 'isReplaced' | 'next' | 'made' | 'alive' | 'advance'> = {
      aheadMs: 0,
      isReplaced: false,
      made: 0,
      next: () => next,
      alive: () => 0,
      advance: done,
    }
    const stop = passIdleTime(clock as ProgramClock, {
      isBusy,
      quietMs: () => 20,
      stuckMs: 60,
      patience: () => patience,
      mostMs: 1000,
      asked: () => 0,
      onJump: () => {},
      onStuck: done,
    })
  })
}

it('passes time, and says that it is over, only after as much quiet as there is patience', async () => {
  expect(await waitFor(500, 1)).toBeGreaterThanOrEqual(19)
  expect(await waitFor(500, 8)).toBeGreaterThanOrEqual(159)
  expect(await waitFor(undefined, 1)).toBeGreaterThanOrEqual(59)
  expect(await waitFor(undefined, 8)).toBeGreaterThanOrEqual(119)
})

it('begins to count anew whenever somebody is asked', async () => {
  const until = realElapsed() + 60
  expect(await waitFor(500, 1, () => realElapsed() < until)).toBeGreaterThanOrEqual(70)
})

/** How often time is passed within some milliseconds. */
function jumpsInAWhile(onTick: () => void): Promise<number> {
  return new Promise((resolve) => {
    let jumps = 0
    let left = 5
    const clock: Pick<ProgramClock, 'aheadMs' | 'isReplaced' | 'next' | 'made' | 'alive' | 'advance'> = {
      aheadMs: 0,
      isReplaced: false,
      made: 0,
      next: () => 499,
      alive: () => 0,
      advance() {
        jumps++
        onTick()
      },
    }
    // Nothing may begin meanwhile, so it is an interval.
    const watch = setInterval(() => {
      if (jumps === 0 || --left > 0) return
      clearInterval(watch)
      stop()
      resolve(jumps)
    }, 1)
    const stop = passIdleTime(clock as ProgramClock, {
      isBusy: () => false,
      quietMs: () => 5,
      stuckMs: 60,
      mostMs: 120_000,
      asked: () => 0,
      onJump: () => {},
      onStuck: () => {},
    })
  })
}

it('follows a timer at once that has begun nothing, and waits a moment for what another has', async () => {
  // What the runner begins by chance has it wait as well.
  await expect.poll(() => jumpsInAWhile(() => {})).toBeGreaterThan(10)
  await expect.poll(() => jumpsInAWhile(() => process.nextTick(() => {}))).toBeLessThan(6)
})
