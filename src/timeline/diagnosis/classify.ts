import type { FailureKind } from '../../core/protocol.ts'
import type { Facts, Moment } from '../moment.ts'
import { classifyMysql } from './classify-mysql.ts'
import { classifyPostgres } from './classify-postgres.ts'
import type { DiagnosisKind } from './kinds.ts'

type Classify = (error: NonNullable<Facts['error']>, moment: Moment) => DiagnosisKind

const ofFailure: Readonly<Record<FailureKind, DiagnosisKind>> = {
  unreachable: 'connection',
  reset: 'connection',
  malformed: 'connection',
  timeout: 'timeout',
}

const byProtocol: Readonly<Record<string, Classify>> = {
  postgres: ({ code }) => classifyPostgres(code),
  mysql: ({ code }) => classifyMysql(code),
  http: ({ code }) => classifyStatus(Number(code)),
  redis: ({ code, message }) => classifyRedis(code, message),
  nats: ({ code, message }, { facts }) => classifyNats(code, message, facts),
  mqtt: ({ code }, { facts }) => classifyMqtt(code, facts),
  amqp: ({ code }, { facts }) => classifyAmqp(code, facts),
}

/** How an exchange that did not go well broke; `undefined` for one that says nothing about it. */
export function classify(moment: Moment): DiagnosisKind | undefined {
  const { facts, ok, protocol } = moment
  if (ok !== false) return undefined
  if (facts.failure) return ofFailure[facts.failure]
  if (facts.error) return byProtocol[protocol]?.(facts.error, moment) ?? 'external-answer'
  return undefined
}

function classifyStatus(status: number): DiagnosisKind {
  if (status === 401 || status === 403 || status === 407) return 'authentication'
  if (status === 400 || status === 411 || status === 413 || status === 415 || status === 422) return 'validation'
  return status === 408 || status === 504 ? 'timeout' : 'external-answer'
}

function classifyRedis(code: string, message: string): DiagnosisKind {
  if (code === 'NOAUTH' || code === 'WRONGPASS' || code === 'NOPERM') return 'authentication'
  if (/max number of clients/i.test(message)) return 'connection'
  if (code === 'WRONGTYPE' || /unknown command|wrong number of arguments|syntax error|not an integer/i.test(message))
    return 'validation'
  return code === 'BUSY' ? 'timeout' : 'external-answer'
}

function classifyNats(code: string, message: string, { published }: Facts): DiagnosisKind {
  if (/authoriz|authentic|permissions/i.test(message)) return 'authentication'
  if (/maximum connections|stale connection/i.test(message)) return 'connection'
  if (code === '503' && !published) return 'queue-delivery'
  return published ? 'queue-publish' : 'external-answer'
}

function classifyMqtt(code: string, { connect, published }: Facts): DiagnosisKind {
  if (['0x04', '0x05', '0x86', '0x87', '0x8c'].includes(code)) return 'authentication'
  if (connect) return 'connection'
  return published ? 'queue-publish' : 'external-answer'
}

function classifyAmqp(code: string, { published, subscribed }: Facts): DiagnosisKind {
  if (code === '403') return 'authentication'
  if (code === '320' || code === '501' || code === '530') return 'connection'
  if (published) return 'queue-publish'
  return subscribed === undefined ? 'external-answer' : 'queue-delivery'
}
