import { BatchInterceptor } from '@mswjs/interceptors'
import nodeInterceptors from '@mswjs/interceptors/presets/node'
import { answerHeaders } from '../exchanges.ts'
import type { OpenedSubject, SubjectInput } from './subject.ts'

/** The interception below msw and nock alone, with a Map in place of handlers. */
export function open({ exchanges, origin }: SubjectInput): OpenedSubject {
  const answers = new Map(
    exchanges.map(({ method, path, body, answer }) => [`${method} ${origin}${path} ${body ?? ''}`, answer]),
  )
  const interceptor = new BatchInterceptor({ name: 'bench', interceptors: nodeInterceptors })
  interceptor.apply()
  interceptor.on('request', async ({ request, controller }) => {
    const body = request.method === 'GET' ? '' : await request.clone().text()
    const answer = answers.get(`${request.method} ${request.url} ${body}`)
    if (answer !== undefined) controller.respondWith(new Response(answer, { headers: answerHeaders }))
  })
  return { close: () => interceptor.dispose() }
}
