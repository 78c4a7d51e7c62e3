import { expect, it } from 'vitest'
import { journalOf } from '../../support/journal.ts'
import { project, type Project } from '../../support/project.ts'
import { runSuite, suiteProject } from '../attached/suite.ts'
import { amqplib, hasRabbit } from './support.ts'

const needs = it.skipIf(!hasRabbit || !amqplib)
const application = `import amqplib from 'amqplib'
// As programs do: one connection for all, which declares what it needs when it is made.
const connection = await amqplib.connect(process.env.AMQP_URL)
const channel = await connection.createConfirmChannel()
await channel.assertExchange('shop', 'topic')
await channel.assertQueue('mails')
await channel.bindQueue('mails', 'shop', 'orders.#')
const mails = []
await channel.consume('mails', (message) => { mails.push(message.content.toString()); channel.ack(message) })
const place = (id) => new Promise((resolve, reject) =>
  channel.publish('shop', 'orders.created', Buffer.from(JSON.stringify({ id })), {}, (error) => error ? reject(error) : resolve('ok')))
afterAll(() => connection.close())
`

function suite(...tests: readonly string[]): Project {
  return suiteProject({
    boundaries: 'events: rabbitmq()',
    packages: ['amqplib'],
    suites: tests.map((source) => application + source),
  })
}

needs('two workers with one RabbitMQ never meet, and a test finds the queues of its program empty', async () => {
  const source = `
test('NAME first', async () => {
  await place('NAME')
  await eventually(() => mails.length === 1)
  expect(mails).toEqual(['{"id":"NAME"}'])
  const seen = await mortarTest.boundary('events').published('orders.created', { id: 'NAME' })
  expect(seen.body).toEqual({ id: 'NAME' })
})
test('NAME second', async () => {
  expect(await channel.checkQueue('mails')).toMatchObject({ messageCount: 0 })
  await channel.assertQueue('extra')
  channel.sendToQueue('extra', Buffer.from('stays'))
  await channel.waitForConfirms()
})
test('NAME third', async () => {
  expect(await channel.checkQueue('extra')).toMatchObject({ messageCount: 0 })
})`
  const made = suite(source.replaceAll('NAME', 'a'), source.replaceAll('NAME', 'b'))
  expect(await runSuite(made)).toEqual({
    'a first': 'passed',
    'a second': 'passed',
    'a third': 'passed',
    'b first': 'passed',
    'b second': 'passed',
    'b third': 'passed',
  })
  const events = journalOf(made)
  const asked = events.flatMap((event) => (event.t === 'ask' ? [[event.operation, event.test?.name]] : []))
  expect(asked).toContainEqual(['PUBLISH orders.created', 'a first'])
  expect(asked).toContainEqual(['DELIVER mails', 'b first'])
  // What was declared outside of tests is there in tests, as long as its connection is.
  expect(events.filter((event) => event.t === 'warning')).toEqual([])
})

needs('a test arms faults of RabbitMQ, and is told of what it left', async () => {
  const made = suite(`
import { amqpFaults } from 'mortar/faults'
test('nacked', async () => {
  const fault = await mortarTest.boundary('events').fault(amqpFaults.nacked(), { operation: 'PUBLISH orders.created' })
  await expect(place(1)).rejects.toThrow()
  expect(fault.struck).toBe(1)
})
test('works again', async () => { expect(await place(2)).toBe('ok') })
test('waits for no acknowledgement of small pieces', async () => {
  const { stream } = connection.connection
  const wish = Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kSetNoDelay')
  expect(stream[wish]).toBe(true)
})
test('forgets to acknowledge', async () => {
  const other = await connection.createChannel()
  await other.assertQueue('slow')
  const seen = []
  await other.consume('slow', (message) => seen.push(message))
  other.sendToQueue('slow', Buffer.from('x'))
  await eventually(() => seen.length === 1)
})`)
  expect(await runSuite(made)).toEqual({
    nacked: 'passed',
    'works again': 'passed',
    'waits for no acknowledgement of small pieces': 'passed',
    'forgets to acknowledge': 'passed',
  })
  const warnings = journalOf(made).flatMap((event) => (event.t === 'warning' ? [event.message] : []))
  expect(warnings).toContainEqual(
    expect.stringMatching(/^events: ".*forgets to acknowledge" left behind a message of slow not acknowledged$/),
  )
})

needs('a recorded RabbitMQ is replayed without a broker, and the journal says so', async () => {
  const program = `import amqplib from 'amqplib'
const connection = await amqplib.connect(process.env.AMQP_URL)
const channel = await connection.createConfirmChannel()
await channel.assertQueue('mails')
const heard = new Promise((resolve) => channel.consume('mails', (message) => { channel.ack(message); resolve(message) }))
channel.sendToQueue('mails', Buffer.from('hello'), { headers: { trace: 'abc' } })
await channel.waitForConfirms()
const { content, properties } = await heard
console.log('heard ' + content + ' ' + properties.headers.trace)
await channel.checkQueue('mails')
await connection.close()`
  const config = `import { rabbitmq } from 'mortar'
export default { boundaries: { events: rabbitmq({ record: 'none' }) } }`
  const made = project({ config, files: { 'program.mjs': program }, packages: ['amqplib'] })
  const recorded = await made.mortar(['record', '--', 'node', 'program.mjs'])
  expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0)
  expect(recorded.stdout + recorded.stderr).toContain('heard hello abc')
  const replayed = await made.mortar(['run', '--', 'node', 'program.mjs'])
  expect(replayed.code, replayed.stdout + replayed.stderr).toBe(0)
  expect(replayed.stdout + replayed.stderr).toContain('heard hello abc')
  expect(replayed.stderr).not.toContain('ready in')
  const asked = journalOf(made).flatMap((event) => (event.t === 'ask' ? [`${event.operation} ${event.by}`] : []))
  expect(asked).toEqual(expect.arrayContaining(['DELIVER mails service', 'DELIVER mails cassette']))
})
