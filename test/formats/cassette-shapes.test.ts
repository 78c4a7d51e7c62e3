import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { importError, importText } from './import-text.ts'
import { answerBody, answerHead } from './read-truth.ts'

const vcr = (changes: { uri?: string; headers?: string; body?: string; rest?: string } = {}): string => `---
http_interactions:
- request:
    method: post
    uri: ${changes.uri ?? 'http://user:pa%20ss@a.test/x'}
    body:
      encoding: UTF-8
      string: a=1
    headers:
      Accept:
      - "*/*"
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type: text/plain
${changes.headers ?? ''}
    body:
${changes.body ?? '      encoding: UTF-8\n      string: plain'}
    http_version: '1.1'
  recorded_at: Tue, 04 Mar 2025 05:06:07 GMT
${changes.rest ?? 'recorded_with: VCR 6.1.0'}
`

describe('VCR', () => {
  test('credentials in the address become the header that was sent', async () => {
    const { exchanges, format } = await importText(vcr(), 'a.yml')

    expect(format).toBe('vcr')
    expect(exchanges[0]?.question.url).toBe('http://a.test/x')
    expect(exchanges[0]?.question.headers).toContainEqual(['Authorization', `Basic ${btoa('user:pa ss')}`])
    expect(exchanges[0]?.effect).toBe(true)
    expect(exchanges[0]?.askedAt).toBe(Date.UTC(2025, 2, 4, 5, 6, 7))
  })

  test('text is kept in the bytes of its encoding', async () => {
    const latin = await importText(vcr({ body: '      encoding: ISO-8859-1\n      string: é' }))
    const other = await importText(vcr({ body: '      encoding: Shift_JIS\n      string: あ' }))

    expect(answerBody(latin.exchanges[0]).toString('hex')).toBe('e9')
    expect(answerBody(other.exchanges[0]).toString()).toBe('あ')
    expect(other.losses).toEqual(['1 bodies in SHIFT_JIS'])
  })

  test('tags of Ruby are never acted upon', async () => {
    const body = '      encoding: UTF-8\n      string: !ruby/string:Some::Class\n        str: inside'
    const { exchanges, losses } = await importText(vcr({ body }))

    expect(answerBody(exchanges[0]).toString()).toBe('inside')
    expect(losses).toEqual(['1 language tags'])
  })

  test.each([
    ['in the address', vcr({ uri: 'http://a.test/<%= id %>' }), 'http_interactions[0]'],
    ['in the body', vcr({ body: '      encoding: UTF-8\n      string: Hello <%= name %>' }), 'http_interactions[0]'],
    ['between the lines', vcr({ rest: '<% if x %>\n  more: [\n<% end %>' }), 'a.yml:'],
  ])('an ERB template %s is refused with the way to render it', async (_where, text, place) => {
    const error = await importError(text, 'a.yml')

    expect(error.code).toBe('MORTAR_IMPORT_UNSUPPORTED')
    expect(error.where).toContain(place)
    expect(error.hint).toContain('erb')
  })

  test('what looks like a template but has the announced length was really sent', async () => {
    const text = vcr({
      headers: '      Content-Length: 11',
      body: '      encoding: UTF-8\n      string: <%= name %>',
    })

    expect(answerBody((await importText(text)).exchanges[0]).toString()).toBe('<%= name %>')
  })

  test('cassettes of VCR 1 are refused with the way to migrate', async () => {
    const error = await importError('---\n- !ruby/struct:VCR::HTTPInteraction\n  request: x\n')

    expect(error.code).toBe('MORTAR_IMPORT_UNSUPPORTED')
    expect(error.hint).toContain('migrate_cassettes')
  })
})

const vcrpy = (response: string, request = 'body: null'): string => `interactions:
- request:
    ${request}
    headers: {}
    method: GET
    uri: https://a.test/x
  response:
${response}
version: 1
`
const status = '    status: {code: 200, message: OK}\n'

describe('vcrpy', () => {
  test('a decoded body under a content-encoding header loses the header, and that is counted', async () => {
    const headers = '    headers:\n      Content-Encoding: [gzip]\n      content-length: ["99"]\n'
    const { exchanges, losses, format } = await importText(vcrpy(`    body: {string: héllo}\n${headers}${status}`))

    expect(format).toBe('vcrpy')
    expect(answerHead(exchanges[0]).headers).toEqual(['content-length: 6'])
    expect(losses).toEqual(['1 encoded response bodies', '1 times'])
  })

  test('a body that is encoded as its header says is left alone', async () => {
    const body = gzipSync('hello')
    const headers = `    headers: {content-encoding: [gzip], content-length: ["${body.length}"]}\n`
    const { exchanges, losses } = await importText(
      vcrpy(`    body: {string: !!binary "${body.toString('base64')}"}\n${headers}${status}`),
    )

    expect(answerBody(exchanges[0])).toEqual(body)
    expect(answerHead(exchanges[0]).headers).toContain('content-encoding: gzip')
    expect(losses).toEqual(['1 times'])
  })

  test('the shape for httpx of older versions is read', async () => {
    const { exchanges } = await importText(
      vcrpy('    content: hello\n    headers: {}\n    http_version: HTTP/2\n    status_code: 404'),
    )

    expect(answerBody(exchanges[0]).toString()).toBe('hello')
    expect(exchanges[0]?.messages[0]?.message).toMatchObject({ status: 404, reason: 'Not Found', version: '2' })
  })

  test('a Python stream as body is read without running Python', async () => {
    const request =
      'body: !!python/object/new:_io.BytesIO\n      state: !!python/tuple\n      - !!binary AP8=\n      - 0\n      - null'
    const { exchanges } = await importText(vcrpy(`    body: {string: x}\n    headers: {}\n${status}`, request))

    expect([...(exchanges[0]?.question.body ?? [])]).toEqual([0, 255])
  })

  test.each([
    ['YAML', '- request:\n    method: GET\n  response: {}\n'],
    ['JSON', '[{"request": {}, "response": {}}]'],
  ])('a cassette from before 1.0 is refused with the way to migrate (%s)', async (_kind, text) => {
    const error = await importError(text, 'old')

    expect(error.code).toBe('MORTAR_IMPORT_UNSUPPORTED')
    expect(error.hint).toContain('vcr.migration')
  })

  test('a future version is refused', async () => {
    expect((await importError('interactions: []\nversion: 2\n')).code).toBe('MORTAR_IMPORT_UNSUPPORTED')
  })
})
