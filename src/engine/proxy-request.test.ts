import { describe, expect, test } from 'vitest'
import { asOriginForm, originOf, parseProxyHead, withoutProxyLines } from './proxy-request.ts'

const basic = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`

describe('the head of a request to the proxy', () => {
  test.each([
    ['CONNECT API.test:443 HTTP/1.1', true, { host: 'api.test', port: 443, scheme: 'https' }],
    ['CONNECT [2001:DB8::1]:8443 HTTP/1.1', true, { host: '2001:db8::1', port: 8443, scheme: 'https' }],
    ['CONNECT api.test:80 HTTP/1.0', true, { host: 'api.test', port: 80, scheme: 'http' }],
    ['GET http://api.test/a?b HTTP/1.1', false, { host: 'api.test', port: 80, scheme: 'http' }],
    ['GET HTTP://[::1]:81 HTTP/1.1', false, { host: '::1', port: 81, scheme: 'http' }],
    ['GET https://user:pw@api.test/a HTTP/1.1', false, { host: 'api.test', port: 443, scheme: 'https' }],
  ])('says where to go: %s', (line, connect, address) => {
    const request = { ...address, credential: undefined }
    expect(parseProxyHead(Buffer.from(`${line}\r\nHost: x\r\n\r\n`))).toEqual({ request, connect })
  })

  test.each([
    [basic('worker-1:x'), 'worker-1'],
    [basic('worker 2'), 'worker 2'],
    ['basic  d29ya2VyOg==', 'worker'],
    [basic(':only'), undefined],
    ['Bearer abc', undefined],
  ])('says whose it is: %s', (value, credential) => {
    const head = Buffer.from(`CONNECT a.test:443 HTTP/1.1\r\nproxy-authorization: ${value}\r\n\r\n`)
    expect(parseProxyHead(head)).toMatchObject({ request: { credential } })
  })

  test.each([
    '',
    'GET',
    'GET / HTTP/2',
    'CONNECT a.test:0 HTTP/1.1',
    'CONNECT u@a.test:1 HTTP/1.1',
    'GET //a HTTP/1.1',
  ])('is explained when it is none: %j', (line) => {
    expect(parseProxyHead(Buffer.from(`${line}\r\n\r\n`))).toEqual(expect.any(String))
  })
})

test('lines meant for the proxy are left out, and nothing else is touched', () => {
  const head =
    'GET http://a/ HTTP/1.1\r\nProxy-Connection: keep-alive\r\nX: \xe9\r\nPROXY-authorization: x\r\nProxy-Foo: 1\r\n\r\n'
  expect(withoutProxyLines(Buffer.from(head, 'latin1')).toString('latin1')).toBe(
    'GET http://a/ HTTP/1.1\r\nX: \xe9\r\nProxy-Foo: 1\r\n\r\n',
  )
})

test.each([
  [
    'GET http://a.test/b?c HTTP/1.1\r\nConnection: keep-alive\r\n\r\n',
    'GET /b?c HTTP/1.1\r\nConnection: close\r\n\r\n',
  ],
  ['GET http://a.test?c HTTP/1.1\r\n\r\n', 'GET /?c HTTP/1.1\r\nConnection: close\r\n\r\n'],
  [
    'GET http://a.test/ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ],
])('an absolute request becomes one for the server itself: %j', (head, expected) => {
  expect(asOriginForm(Buffer.from(head)).toString()).toBe(expected)
})

test.each([
  ['https', 'a.test', 443, 'https://a.test'],
  ['https', 'a.test', 80, 'https://a.test:80'],
  ['http', '::1', 80, 'http://[::1]'],
  ['tcp', 'a.test', 5432, 'tcp://a.test:5432'],
] as const)('the origin of %s %s %d is %s', (scheme, host, port, expected) => {
  expect(originOf({ scheme, host, port, credential: undefined })).toBe(expected)
})
