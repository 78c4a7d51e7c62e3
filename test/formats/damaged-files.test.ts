import { describe, expect, test } from 'vitest'
import { detectFormat } from '../../src/formats/formats.ts'
import { importError, importText } from './import-text.ts'

const whole = {
  har: JSON.stringify(
    { log: { version: '1.2', creator: { name: 'X' }, entries: [{ request: {}, response: {} }] } },
    null,
    1,
  ),
  polly: JSON.stringify(
    { log: { _recordingName: 'a', creator: { name: 'Polly.JS' }, entries: [{ request: 1 }] } },
    null,
    1,
  ),
  nock: JSON.stringify([{ scope: 'https://a.test', method: 'GET', path: '/', status: 'fine' }], null, 1),
  vcr: '---\nhttp_interactions:\n- request:\n    method: get\n    uri: "http://a.test/\n',
  vcrpy: 'interactions:\n- request:\n    body: null\n    headers: {a: [b\n',
}

describe.each(Object.entries(whole))('a damaged %s file', (name, text) => {
  test('is still told apart when it breaks off', () => {
    expect(detectFormat(text.slice(0, -2), 'file')?.name).toBe(name)
  })

  test('is refused with file and line', async () => {
    const lines = text.slice(0, -4).split('\n').length
    const error = await importError(text.slice(0, -4), 'dir/file')

    expect(error.code).toBe('MORTAR_IMPORT_UNREADABLE')
    expect(error.where).toMatch(/^dir\/file:\d+$/)
    expect(Math.abs(Number(error.where?.split(':')[1]) - lines)).toBeLessThan(4)
  })
})

test.each([
  ['har', whole.har, 'log.entries[0].request.url'],
  ['polly', whole.polly, 'log.entries[0].request'],
  ['nock', whole.nock, '[0].status'],
  ['vcr', 'http_interactions:\n- request: {method: get}\n', 'http_interactions[0].response'],
  [
    'vcrpy',
    'interactions:\n- request: {method: GET, uri: x}\n  response: {status: {code: 200}}\n',
    'interactions[0].request.uri',
  ],
  [
    'vcrpy',
    'interactions:\n- request: {method: GET, uri: "mailto:a"}\n  response: {status: {code: 200}}\n',
    'interactions[0].request.uri',
  ],
  ['nock', JSON.stringify([{ scope: 'mailto:a', method: 'GET', path: '/', status: 200 }]), '[0].scope'],
])('a %s file of another shape is refused with the place inside', async (_name, text, place) => {
  const error = await importError(text, 'dir/file')

  expect(error.code).toBe('MORTAR_IMPORT_UNREADABLE')
  expect(error.where).toBe(`dir/file: ${place}`)
})

test.each(['', 'hello', '{}', '{"a":1}', '[1]', '- a\n- b\n', '<html></html>'])('%j is none of the formats', (text) => {
  expect(detectFormat(text, 'file.txt')).toBeUndefined()
})

test.each([
  ['vcr', 'http_interactions: []\n'],
  ['vcrpy', 'interactions: []\n'],
])('a %s file cut off between two recordings is read, and its missing end is named', async (_name, text) => {
  expect((await importText(text)).losses).toEqual(['1 last lines'])
})
