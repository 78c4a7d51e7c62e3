import { http } from 'msw'
import { setupServer } from 'msw/node'
import { answerHeaders } from '../exchanges.ts'
import type { OpenedSubject, SubjectInput } from './subject.ts'

/** One handler per exchange, the way its documentation writes them; a POST that is not meant falls through. */
export function open({ exchanges, origin }: SubjectInput): OpenedSubject {
  const server = setupServer(
    ...exchanges.map(({ method, path, body, answer }) =>
      method === 'GET'
        ? http.get(origin + path, () => new Response(answer, { headers: answerHeaders }))
        : http.post(origin + path, async ({ request }) =>
            (await request.clone().text()) === body ? new Response(answer, { headers: answerHeaders }) : undefined,
          ),
    ),
  )
  server.listen({ onUnhandledRequest: 'error' })
  return { close: () => server.close() }
}
