import type { Format } from './format.ts'
import { har } from './har.ts'
import { nock } from './nock.ts'
import { polly } from './polly.ts'
import { vcr } from './vcr.ts'
import { vcrpy } from './vcrpy.ts'

/** Every format by name. Polly stands before HAR, of which it is a dialect. */
export const formats: Readonly<Record<Format['name'], Format>> = { polly, har, nock, vcr, vcrpy }

/** The format that `text` looks like, or `undefined` when it looks like none of them. */
export function detectFormat(text: string, path: string): Format | undefined {
  return Object.values(formats).find((format) => format.detect(text, path))
}
