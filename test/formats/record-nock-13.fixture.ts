// Run as a program: as record-nock, with the nock 13 that Polly brings. Arguments: origin, output file.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { traffic } from './traffic.fixture.ts'

const [origin = '', output = ''] = process.argv.slice(2)
const require = createRequire(createRequire(import.meta.url).resolve('@pollyjs/adapter-node-http'))
const nock = require('nock')
nock.recorder.rec({ output_objects: true, dont_print: true })
await traffic(origin)
const definitions = nock.recorder.play()
nock.restore()
writeFileSync(output, JSON.stringify(definitions, null, 2))
