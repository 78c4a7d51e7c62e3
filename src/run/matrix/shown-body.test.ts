import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownBody } from './shown-body.ts'

const shown = (text: string): ReturnType<typeof shownBody> => shownBody(Buffer.from(text))

test('JSON of any size is laid out, stays JSON, and is said to be shortened when it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.array(fc.json(), { maxLength: 30 }), fc.dictionary(fc.string(), fc.jsonValue())),
      (value) => {
        const { body, bytes, shortened } = shown(JSON.stringify(value))
        expect(bytes).toBe(Buffer.byteLength(JSON.stringify(value)))
        expect(body.length).toBeLessThanOrEqual(12_001)
        if (!shortened) expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(value)))
      },
    ),
  )
  const long = shown(JSON.stringify({ items: Array.from({ length: 900 }, (_, id) => ({ id, note: 'x'.repeat(300) })) }))
  expect(JSON.parse(long.body).items).toHaveLength(3)
  expect(long.shortened).toBe(true)
})

test('text is cut, and what is no text is only named', () => {
  expect(shown('plain')).toEqual({ body: 'plain', bytes: 5 })
  expect(shown('x'.repeat(20_000))).toMatchObject({ bytes: 20_000, shortened: true })
  expect(shownBody(Buffer.from([0, 1, 255]), 'image/png').body).toBe('(3 bytes of image/png)')
})
