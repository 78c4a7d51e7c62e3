import { createFaultSet } from '../../../src/modes/faults/fault-set.ts'
import { isolateRabbitmq } from '../../../src/services/rabbitmq-isolation/isolate.ts'

const [url = '', worker = ''] = process.argv.slice(2)
const { direct, url: own } = await isolateRabbitmq({
  url,
  input: { protocol: 'amqp' },
  boundary: 'events',
  worker,
  directory: '/',
  env: {},
  recorder: { open: () => ({ message: () => {}, close: () => {} }) },
  faults: createFaultSet(),
})
process.stdout.write(JSON.stringify({ direct, port: Number(new URL(own).port) }))
