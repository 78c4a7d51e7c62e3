// Run as a program: records the traffic with Polly and copies its HAR. Arguments: origin, output file, scratch folder.
import { cpSync, globSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { traffic } from './traffic.fixture.ts'

const [origin = '', output = '', scratch = ''] = process.argv.slice(2)
// The CommonJS builds share one copy of nock with the adapter; the ES builds do not load in Node.
const require = createRequire(import.meta.url)
const { Polly } = require('@pollyjs/core')
Polly.register(require('@pollyjs/adapter-node-http'))
Polly.register(require('@pollyjs/persister-fs'))
const polly = new Polly('Suite/records traffic', {
  adapters: ['node-http'],
  persister: 'fs',
  persisterOptions: { fs: { recordingsDir: scratch } },
  logLevel: 'silent',
  recordIfMissing: true,
  recordFailedRequests: true,
  flushRequestsOnStop: true,
})
await traffic(origin)
await polly.stop()
const [file = ''] = globSync('**/recording.har', { cwd: scratch })
cpSync(join(scratch, file), output)
