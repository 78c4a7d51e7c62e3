import type { Serving } from './answer.ts'

/** Speaks HTTP/2 with a client. */
export function createHttp2Server(): (serving: Serving) => void {
  return (serving) => void serving.client.destroy()
}
