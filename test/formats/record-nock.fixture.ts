// Run as a program: records the traffic with nock and writes its definitions. Arguments: origin, output file.
import { writeFileSync } from 'node:fs'
import nock from 'nock'
import { traffic } from './traffic.fixture.ts'

const [origin = '', output = ''] = process.argv.slice(2)
nock.recorder.rec({ output_objects: true, dont_print: true, enable_reqheaders_recording: true })
await traffic(origin)
const definitions = nock.recorder.play()
nock.restore()
writeFileSync(output, JSON.stringify(definitions, null, 2))
