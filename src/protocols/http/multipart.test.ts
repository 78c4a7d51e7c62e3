import { expect, it } from 'vitest'
import { parseMultipart } from './multipart.ts'

const type = 'multipart/form-data; boundary="b1"'

it('reads parts with their bytes exactly, line breaks inside included', () => {
  const body = Buffer.from(
    'preamble\r\n--b1\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n\r\ntwo\r\n' +
      '--b1\r\nContent-Type: IMAGE/png; x=y\r\nContent-Disposition: form-data; name=f; filename="ü.png"\r\n\r\n\x00\xff\r\n--b1--\r\n',
    'utf8',
  )
  const parts = parseMultipart(body.subarray(10), type)
  expect(parts?.map(({ content, ...rest }) => ({ ...rest, content: content.toString() }))).toEqual([
    { name: 'a', filename: undefined, type: '', content: 'one\r\n\r\ntwo' },
    { name: 'f', filename: 'ü.png', type: 'image/png', content: '\x00\xff' },
  ])
})

it('reads what the platform itself writes', async () => {
  const form = new FormData()
  form.append('title', 'Hello')
  form.append('file', new Blob(['{"a":1}'], { type: 'application/json' }), 'a.json')
  form.append('empty', '')
  const response = new Response(form)
  const bytes = Buffer.from(await response.arrayBuffer())
  const parts = parseMultipart(bytes, response.headers.get('content-type')!)
  expect(parts?.map(({ name, filename, content }) => [name, filename, content.toString()])).toEqual([
    ['title', undefined, 'Hello'],
    ['file', 'a.json', '{"a":1}'],
    ['empty', undefined, ''],
  ])
})

it.each([
  ['no boundary', 'x', 'multipart/form-data'],
  ['another boundary', '--b2\r\n\r\nx\r\n--b2--', type],
  ['no end', '--b1\r\nContent-Disposition: form-data; name="a"\r\n\r\none', type],
  ['nothing after the boundary', '--b1', type],
])('refuses a body with %s', (_what, body, contentType) => {
  expect(parseMultipart(Buffer.from(body), contentType)).toBeUndefined()
})

it('reads parts without headers, without content, and with bare line feeds', () => {
  expect(parseMultipart(Buffer.from('--b1\r\n\r\nx\r\n--b1--'), type)?.[0]?.content.toString()).toBe('x')
  expect(parseMultipart(Buffer.from('--b1\r\n\r\n\r\n--b1--'), type)?.[0]?.content.toString()).toBe('')
  expect(parseMultipart(Buffer.from('--b1\nContent-Type: a/b\n\nx\n--b1--'), type)?.[0]).toMatchObject({ type: 'a/b' })
})
