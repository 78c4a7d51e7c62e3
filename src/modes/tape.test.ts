import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { httpExchange } from '../../test/support/http-exchange.ts'
import type { HttpQuestion, HttpReply } from '../protocols/http/message.ts'
import { httpProtocol } from '../protocols/http/http-protocol.ts'
import { makeTape, type Recording } from './tape.ts'

type HttpRecording = Recording<HttpQuestion, HttpReply>

/** Few hosts, paths and queries, so that the same question comes often. */
const urls = fc
  .tuple(
    fc.constantFrom('https://a.test', 'https://b.test'),
    fc.constantFrom('/', '/x', '/x/{id}', '/x/**'),
    fc.constantFrom('', '?p=1', '?p=2', '?q=1&p=1'),
  )
  .map((parts) => parts.join(''))

function recordingOf(url: string, at: number, expired = false): HttpRecording {
  return { exchange: httpExchange({ id: `e${at}`, url }), cassette: 'c.json', expired } as HttpRecording
}

function question(url: string): HttpQuestion {
  return httpExchange({ url }).question
}

describe('a tape', () => {
  it('gives what looking through all recordings in order would give', () => {
    const protocol = httpProtocol()
    const recorded = fc.array(fc.tuple(urls, fc.boolean()), { maxLength: 30 })
    fc.assert(
      fc.property(
        recorded,
        fc.array(urls, { maxLength: 40 }),
        fc.constantFrom('none', 'last'),
        (pairs, asked, repeat) => {
          const recordings = pairs.map(([url, expired], at) => recordingOf(url, at, expired))
          const tape = makeTape(protocol, recordings, { repeat: repeat as 'none' | 'last' })
          const used = new Set<HttpRecording>()
          for (const url of asked) {
            const same = recordings.filter(({ exchange, expired }) => !expired && exchange.question.url === url)
            const next = same.find((recording) => !used.has(recording))
            const expected = next ?? (repeat === 'last' ? same.at(-1) : undefined)
            if (next) used.add(next)
            expect(tape.take(question(url))).toBe(expected)
          }
          const states = tape.candidates().map(({ state }) => state)
          const expected = recordings.map((one) => (one.expired ? 'expired' : used.has(one) ? 'consumed' : 'available'))
          expect(states).toEqual(expected)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('lets the function of the boundary decide between questions of one method and path', () => {
    const protocol = httpProtocol({ match: { same: (asked, held) => asked.url.at(-1) === held.url.at(-1) } })
    const recordings = ['https://a.test/x?p=1', 'https://a.test/x?p=2'].map((url, at) => recordingOf(url, at))
    const tape = makeTape(protocol, recordings, { repeat: 'none' })
    expect(tape.take(question('https://a.test/x?other=2'))).toBe(recordings[1])
    expect(tape.take(question('https://a.test/x?other=2'))).toBeUndefined()
    expect(tape.take(question('https://a.test/x?other=1'))).toBe(recordings[0])
  })

  it('prefers, among recordings that differ in a secret only, the one with the very same secret', () => {
    const protocol = httpProtocol()
    const urlsOf = ['11111111', '22222222'].map((hex) => `https://a.test/me?token={{token:${hex}}}`)
    const recordings = urlsOf.map((url, at) => recordingOf(url, at))
    const tape = makeTape(protocol, recordings, { repeat: 'none' })
    expect(tape.take(question(urlsOf[1]!))).toBe(recordings[1])
    expect(tape.take(question('https://a.test/me?token={{token:33333333}}'))).toBe(recordings[0])
  })
})
