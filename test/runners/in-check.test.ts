import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

const suite = `import http from 'node:http'
import axios from 'axios'
import { expect, test } from 'vitest'
const origin = process.env.ORIGIN
const get = (path) => new Promise((done, fail) => http.get(origin + path, (response) => {
  let body = ''
  response.on('data', (chunk) => (body += chunk)).on('end', () => done(body))
}).on('error', fail))
test('fetch', async () => expect(await (await fetch(origin + '/fetch')).text()).toBe('GET /fetch'))
test('axios', async () => expect((await axios.get(origin + '/axios')).data).toBe('GET /axios'))
test('http', async () => expect(await get('/http')).toBe('GET /http'))`

test('under check, whatever client a test uses, its exchanges are its own', async () => {
  const service = await upstream((request, response) => response.end(`${request.method} ${request.url}`))
  const made = project({
    config: `import { http } from 'mortar'
export default { test: 'vitest run', boundaries: { api: http({ origin: '${service.origin}', env: 'API' }) } }`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()] }`,
      'clients.test.mjs': suite,
    },
    packages: ['vitest', 'axios'],
    installed: true,
  })
  const env = { ORIGIN: service.origin }
  const recorded = await made.mortar(['check'], { env })
  expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0)
  expect(recorded.stdout).toContain('3 passed')
  expect(recorded.stdout).not.toContain('did not finish')
  await service.close()
  const cassettes = Object.keys(made.files('cassettes')).map((path) => path.replace(/-[0-9a-f]{6}\.json$/, ''))
  expect(cassettes.toSorted()).toEqual(['axios', 'fetch', 'http'].map((name) => `cassettes/clients.test/${name}`))
  const replayed = await made.mortar(['check'], { env: { ...env, CI: '1' } })
  expect(replayed.code, replayed.stdout + replayed.stderr).toBe(0)
  expect(replayed.stdout).toContain('3, all from recordings')
})

test('under check, a program that reads its address while tests of mortar/node-test load is that of its test', async () => {
  const service = await upstream((request, response) => response.end(`${request.method} ${request.url}`))
  const made = project({
    config: `import { http } from 'mortar'
export default { test: 'node --test', boundaries: { api: http({ origin: '${service.origin}', env: 'API' }) } }`,
    files: {
      'client.mjs': `const origin = process.env.API ?? '${service.origin}'
export const ask = async () => (await fetch(origin + '/now')).text()`,
      'client.test.mjs': `import assert from 'node:assert'
import { test } from 'mortar/node-test'
import { ask } from './client.mjs'
test('asks', async () => assert.equal(await ask(), 'GET /now'))`,
    },
    installed: true,
  })
  const { code, stdout, stderr } = await made.mortar(['check'])
  expect(code, stdout + stderr).toBe(0)
  expect(Object.keys(made.files('cassettes'))).toEqual([expect.stringMatching(/^cassettes\/client\.test\/asks-/)])
})

test('what a command asks outside of tests is no unfinished test', async () => {
  const service = await upstream((_request, response) => response.end('{}'))
  const made = project({
    config: `import { http } from 'mortar'
export default { boundaries: { api: http({ origin: '${service.origin}', env: 'API' }) } }`,
  })
  const { code, stdout } = await made.mortar(['check', '--', 'node', '-e', 'await fetch(process.env.API)'])
  expect(stdout).not.toContain('did not finish')
  expect(code, stdout).toBe(0)
  expect(made.has('cassettes/run.json')).toBe(true)
})

test('a command finds the programs that the project has installed', async () => {
  const made = project({ files: { 'node_modules/.bin/greet': '#!/bin/sh\necho hello' } })
  chmodSync(join(made.directory, 'node_modules/.bin/greet'), 0o755)
  expect(await made.mortar(['run', '--', 'greet'])).toMatchObject({ code: 0, stdout: 'hello\n' })
})
