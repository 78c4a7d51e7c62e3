import { expect, it } from 'vitest'
import { http, rabbitmq } from '../index.ts'
import { unreadVariable } from './unread-variable.ts'

const url = 'https://pay.test'
const payments = http({ origin: url, env: 'PAYMENTS_URL' })

it('suggests a variable whose name is much like the one that nobody has read', () => {
  const said = unreadVariable(payments, [payments], { PAYMENTS_URL: url, PAYMENT_URL: url, AMQP_URL: 'amqp://mq' })
  expect(said).toBe(
    'Check that the program reads `PAYMENTS_URL`, which leads to it; the environment has `PAYMENT_URL`.',
  )
})

it.each([
  ['PAYMENTS_URL', 'AMQP_URL'],
  ['PAYMENTS_URL', 'SHIPMENTS_URL'],
  ['DB_URL', 'MQ_URL'],
])('does not suggest for %s another one that is not like it, such as %s', (env, other) => {
  const input = { ...payments, env }
  const said = unreadVariable(input, [input], { [env]: url, [other]: url })
  expect(said).toBe(`Check that the program reads \`${env}\`, which leads to it.`)
})

it('does not suggest the variable of another boundary', () => {
  const jobs = rabbitmq({ env: 'PAYMENT_URL' })
  const said = unreadVariable(payments, [payments, jobs], { PAYMENTS_URL: url, PAYMENT_URL: 'amqp://mq' })
  expect(said).toBe('Check that the program reads `PAYMENTS_URL`, which leads to it.')
})
