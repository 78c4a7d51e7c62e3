/** Clients that all tests of a file share, as programs share theirs. */
import http from 'node:http'
import http2 from 'node:http2'
import { Pool } from 'undici'

const { BASE: base, BASE2: base2 } = process.env
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
const pool = new Pool(base, { connections: 2 })
let session

export const ask = {
  fetch: async (path, tag) => (await fetch(base + path, { headers: { 'x-test': tag } })).text(),
  pool: async (path, tag) => (await pool.request({ path, method: 'GET', headers: { 'x-test': tag } })).body.text(),
  http: (path, tag) =>
    new Promise((resolve, reject) => {
      const request = http.get(base + path, { agent, headers: { 'x-test': tag } }, (response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text))
      })
      request.on('error', reject)
    }),
  http2: (path, tag) =>
    new Promise((resolve, reject) => {
      if (!session || session.closed || session.destroyed) session = http2.connect(base2).on('error', () => {})
      const stream = session.request({ ':path': path, 'x-test': tag })
      let text = ''
      stream
        .on('data', (chunk) => (text += chunk))
        .on('end', () => resolve(text))
        .on('error', reject)
    }),
}
