import nock from 'nock'
import { answerHeaders } from '../exchanges.ts'
import type { OpenedSubject, SubjectInput } from './subject.ts'

/** One persistent interceptor per exchange; POSTs are matched by their body. */
export function open({ exchanges, origin }: SubjectInput): OpenedSubject {
  nock.disableNetConnect()
  const scope = nock(origin).persist()
  for (const { method, path, body, answer } of exchanges) {
    scope.intercept(path, method, body === undefined ? undefined : JSON.parse(body)).reply(200, answer, answerHeaders)
  }
  return {}
}
