import assert from 'node:assert'
import http from 'node:http'
import { describe } from 'node:test'
import { it, test } from 'mortar/node-test'

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const ask = {
  fetch: async (path, tag) => (await fetch(process.env.BASE + path, { headers: { 'x-test': tag } })).text(),
  http: (path, tag) =>
    new Promise((resolve, reject) => {
      const request = http.get(process.env.BASE + path, { agent, headers: { 'x-test': tag } }, (response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text))
      })
      request.on('error', reject)
    }),
}

describe('at the same time', { concurrency: true }, () => {
  for (const client of ['fetch', 'http']) {
    for (const at of [1, 2, 3]) {
      it(`by ${client}, test ${at}`, async () => {
        const tag = `${client}-${at}`
        for (let turn = 0; turn < 3; turn++) assert.equal(await ask[client]('/same', tag), `answer for ${tag}`)
        if (process.env.MISBEHAVE === tag) await ask[client]('/unexpected', tag).catch(() => {})
      })
    }
  }
})

test('has a test within', async (context) => {
  await context.test('that asks', async () => {
    assert.equal(await ask.fetch('/within', 'within'), 'answer for within')
  })
})
test.skip('is skipped', () => ask.fetch('/skipped', 'skipped'))
if (process.env.LATE) {
  const late = Promise.withResolvers()
  const askLate = () => ask.fetch('/late', 'late').catch(late.resolve)
  test('leaves something behind', () => void setTimeout(askLate, 5))
  test('goes on meanwhile', () => late.promise)
}
