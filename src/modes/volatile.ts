const shapes: readonly RegExp[] = [
  // Seconds, milliseconds, microseconds or nanoseconds since the epoch, this century.
  /^[12]\d{9}(?:\d{3}){0,3}(?:\.\d+)?$/,
  /^\d{4}-\d\d-\d\d[T ]\d\d:?\d\d/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? \w{3} \d{4}/,
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  /^(?=.*\d)[0-9a-f]{16,}$/i,
  // ULIDs, and random strings with upper and lower case and digits.
  /^(?=.*\d)[0-9A-HJKMNP-TV-Z]{26}$/,
  /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w+/-]{16,}={0,2}$/,
]

const names =
  /(?:^|[._-])(?:_|ts|timestamp|nonce|cache-?bust(?:er)?|rand(?:om)?|(?:request|trace|span|correlation)-?_?id|idempotency-?_?key|traceparent|uuid)$/i

/** Whether a value looks like one that is made anew each time: a time, a UUID, a random token. */
export function looksVolatile(value: string): boolean {
  const bare = value.replace(/^"(.*)"$/, '$1')
  return shapes.some((shape) => shape.test(bare))
}

/** Whether a field that differs looks as if it differed on every run: by both its values, or by its name. */
export function differsEveryRun(path: string, asked: string | undefined, recorded: string | undefined): boolean {
  if (names.test(path.replace(/([a-z])([A-Z])/g, '$1-$2'))) return true
  return asked !== undefined && recorded !== undefined && looksVolatile(asked) && looksVolatile(recorded)
}
