import { describe, expect, it } from 'vitest'
import { askedHeaders } from './asked-headers.ts'

const place = { origin: 'https://service.test', signal: new AbortController().signal }

describe('the headers of a question', () => {
  it.each([
    ['127.0.0.1:41234', 'service.test'],
    ['localhost:41234', 'service.test'],
    ['host.docker.internal:41234', 'service.test'],
    ['127.0.0.1:5000', '127.0.0.1:5000'],
    ['chosen.test', 'chosen.test'],
  ])('name the service where the client was given our listener: %s', (host, named) => {
    const asked = askedHeaders([['Host', host]], '/', { ...place, address: '127.0.0.1:41234' })
    expect(asked).toEqual([['Host', named]])
  })

  it('keep the name that the client chose where there is no listener', () => {
    expect(askedHeaders([['host', 'localhost']], '/', place)).toEqual([['host', 'localhost']])
  })

  it('leave out what was meant for the proxy', () => {
    const lines = [
      ['Host', 'service.test'],
      ['Proxy-Authorization', 'Basic eA=='],
      ['proxy-connection', 'keep-alive'],
      ['Accept', '*/*'],
    ] as const
    expect(askedHeaders(lines, 'http://service.test/a', place)).toEqual([
      ['Host', 'service.test'],
      ['Accept', '*/*'],
    ])
  })

  it('keep headers of that name that a client sends to a service', () => {
    expect(askedHeaders([['proxy-connection', 'keep-alive']], '/', place)).toEqual([['proxy-connection', 'keep-alive']])
  })
})
