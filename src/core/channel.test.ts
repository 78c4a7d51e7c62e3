import { describe, expect, it } from 'vitest'
import { channel } from './channel.ts'

describe('a channel', () => {
  it('gives what was pushed before and after the reader came, then ends', async () => {
    const numbers = channel<number>()
    numbers.push(1)
    numbers.push(2)
    const read = Array.fromAsync(numbers)
    queueMicrotask(() => {
      numbers.push(3)
      numbers.end()
      numbers.push(4)
    })
    expect(await read).toEqual([1, 2, 3])
  })

  it('says when there is nothing left to read, and when the reader leaves early', async () => {
    const events: string[] = []
    const numbers = channel<number>({ drained: () => events.push('drained'), left: () => events.push('left') })
    numbers.push(1)
    numbers.push(2)
    for await (const number of numbers) {
      events.push(String(number))
      if (number === 2) break
    }
    expect(events).toEqual(['1', 'drained', '2', 'left'])
    expect(await Array.fromAsync(numbers)).toEqual([])
  })
})
