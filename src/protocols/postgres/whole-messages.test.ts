import fc from 'fast-check'
import { expect, it } from 'vitest'
import { message } from './encode.ts'
import { messagesIn, WholeMessages } from './whole-messages.ts'

const anyMessage = fc.tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 40 }))

it('finds the same messages however the stream is cut, and never half of one', () => {
  fc.assert(
    fc.property(fc.array(anyMessage), fc.array(fc.integer({ min: 1, max: 60 })), (messages, cuts) => {
      const whole = messages.map(([type, body]) => message(type, Buffer.from(body)))
      const stream = Buffer.concat(whole)
      const reader = new WholeMessages()
      const found: Buffer[] = []
      let at = 0
      for (const cut of [...cuts, stream.length]) {
        for (const { bytes } of messagesIn(reader.push(stream.subarray(at, at + cut)))) found.push(Buffer.from(bytes))
        at += cut
      }
      expect(found).toEqual(whole)
    }),
  )
})

it('refuses a length that no message can have', () => {
  expect(() => new WholeMessages().push(Buffer.from([0x51, 0, 0, 0, 3]))).toThrow(RangeError)
  expect(() => new WholeMessages().push(Buffer.from('GET / HTTP/1.1'))).toThrow(RangeError)
})
