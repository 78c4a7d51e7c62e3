/*
 * The report's browser code is given the source text of these functions, so each one may use only the others and what
 * every JavaScript engine has.
 */

/** `1 test`, `12,000 tests`; the plural is the singular with `s` unless it is given. */
export function plural(count: number, singular: string, many: string = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : many}`
}

/** A time span as measured, from milliseconds: `< 1 ms` for nothing, `40 µs`, `2.5 ms`, `85 ms`, `3.2 s`, `4 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 0.0005) return '< 1 ms'
  if (ms < 0.9995) return `${Math.max(1, Math.round(ms * 1000))} µs`
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60).toLocaleString('en')} min ${seconds % 60} s`
}

/** How old something is, in its largest whole unit, from milliseconds: `less than a minute`, `5 hours`, `7 years`. */
export function age(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [365.25 * 86_400_000, 'year'],
    [30.44 * 86_400_000, 'month'],
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ]
  for (const [size, unit] of units) if (ms >= size) return plural(Math.floor(ms / size), unit)
  return 'less than a minute'
}

/** The span of two ages, the younger first: `3 days to 7 years`, `2 to 5 days`, or one of them when they read alike. */
export function ageSpan(youngerMs: number, olderMs: number): string {
  const younger = age(youngerMs)
  const older = age(olderMs)
  if (younger === older) return older
  const [number, unit] = younger.split(' ')
  const sameUnit = unit?.replace(/s$/, '') === older.split(' ')[1]?.replace(/s$/, '')
  return `${sameUnit ? number : younger} to ${older}`
}
