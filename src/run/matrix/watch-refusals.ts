import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { anyText } from '../../core/any-value.ts'
import type { RunContext } from '../run-context.ts'

/** Counts answers that say no. */
export interface RefusalCount {
  readonly count: number
  /** How many of them have a status of 500 and more. */
  readonly serverErrors: number
  stop(): void
}

/** What node tells of requests by `fetch`, and by `node:http`. */
type Told =
  | { readonly request: { readonly origin?: unknown }; readonly response: { readonly statusCode?: number } }
  | {
      readonly request: { readonly protocol?: string; getHeader(name: string): unknown }
      readonly response: { readonly statusCode?: number }
    }

const channels = ['undici:request:headers', 'http.client.response.finish'] as const

/** Counts from now on how many calls over HTTP were answered with 400 and more, those at boundaries left out. */
export function watchRefusals({ addresses }: RunContext): RefusalCount {
  let count = 0
  let serverErrors = 0
  const hear = (told: unknown): void => {
    const { request, response } = told as Told
    const { statusCode = 0 } = response
    if (statusCode < 400) return
    const origin =
      'getHeader' in request ? `${request.protocol}//${anyText(request.getHeader('host'))}` : anyText(request.origin)
    if (!URL.canParse(origin) || addresses.byUrl(`${origin}/`)) return
    count++
    if (statusCode >= 500) serverErrors++
  }
  for (const channel of channels) subscribe(channel, hear)
  return {
    get count() {
      return count
    },
    get serverErrors() {
      return serverErrors
    },
    stop() {
      for (const channel of channels) unsubscribe(channel, hear)
    },
  }
}
