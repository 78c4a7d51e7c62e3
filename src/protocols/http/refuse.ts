import { MortarError } from '../../core/errors.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

/** How HTTP says no: `501`, the code of the error in `x-mortar-error`, and its text as the body. */
export function refuseHttp(question: HttpQuestion, error: Error): readonly HttpReply[] {
  const bytes = Buffer.from(`${MortarError.is(error) ? error.toString() : (error.stack ?? error.message)}\n`)
  const code = MortarError.is(error) ? error.code : 'UNEXPECTED'
  const head: HttpReply = {
    type: 'head',
    status: 501,
    reason: 'Not Implemented',
    version: question.version,
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ['content-length', String(bytes.length)],
      ['x-mortar-error', code],
    ],
  }
  return question.method === 'HEAD' ? [head] : [head, { type: 'data', bytes }]
}
