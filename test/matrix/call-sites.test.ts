import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

const clients = `import http from 'node:http'
import axios from 'axios'
import { request } from 'undici'
const at = process.env.GATEWAY
export const byHttp = (agent) => new Promise((resolve, reject) => {
  http.get(at + '/http', { agent }, (response) => response.resume().on('end', () => resolve(response.statusCode)).on('error', reject)).on('error', reject)
})
export async function byAxios() {
  const { status } = await axios.get(at + '/axios')
  return status
}
export async function byUndici() {
  const { statusCode, body } = await request(at + '/undici')
  await body.dump()
  return statusCode
}`

const tests = `import http from 'node:http'
import { expect, test } from 'vitest'
import { byAxios, byHttp, byUndici } from './clients.mjs'
test('all of them ask', async () => {
  expect(await byAxios()).toBe(200)
  expect(await byUndici()).toBe(200)
})
test('one waits for the connection of another', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  expect(await Promise.all([byHttp(agent), byHttp(agent)])).toEqual([200, 200])
  agent.destroy()
})`

it('the line that calls a client of any kind is known, also when the client writes later', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    packages: ['axios', 'undici'],
    files: { 'clients.mjs': clients, 'clients.test.mjs': tests },
  })
  const { document } = await runMatrix(made, '--fault', '503')
  expect(Object.fromEntries(document.cells.map(({ operation, site }) => [operation, site]))).toEqual({
    'GET /http': 'clients.mjs:6',
    'GET /axios': 'clients.mjs:9',
    'GET /undici': 'clients.mjs:13',
  })
}, 60_000)
