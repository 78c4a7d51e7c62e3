/** Asks every question once, so that it is recorded. */
import { makeExchanges, requestHeaders } from '../exchanges.ts'
import type { Subject } from '../subjects/subject.ts'

const { subject, origin, count } = JSON.parse(process.argv[2] ?? '{}') as {
  subject: string
  origin: string
  count: number
}
const { open } = (await import(`../subjects/${subject}.ts`)) as { open: Subject['open'] }
const exchanges = makeExchanges(count)
const opened = await open({ exchanges, origin })
for (const { method, path, body, answer } of exchanges) {
  const response = await fetch(
    origin + path,
    body === undefined
      ? { headers: requestHeaders }
      : { method, body, headers: { ...requestHeaders, 'content-type': 'application/json' } },
  )
  if ((await response.text()) !== answer) throw new Error(`a wrong answer to ${method} ${path}`)
}
await opened.close?.()
process.stdout.write('{"done":true}\n', () => process.exit(0))
