const madeAnew: readonly RegExp[] = [
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
  // Seconds and milliseconds since the epoch.
  /^1\d{9}(?:\d{3})?(?:\.\d+)?$/,
  /^(?=.*\d)(?=.*[a-f])[0-9a-f]{12,}$/i,
  /^(?=.*\d.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{16,}={0,2}$/,
]

/** Whether a value looks as if it were another one each time, though it was the same in some clean runs. */
export function isMadeAnew(json: string, runs: number): boolean {
  const text = bare(json)
  return madeAnew.some((pattern) => pattern.test(text)) || (runs === 1 && /\d/.test(text))
}

/** What kind of value it is, as far as values say that are made anew each time. */
export function formOf(json: string): string {
  const text = bare(json)
  if (/^(?:|null|undefined|NaN|true|false|\[object \w+\])$/.test(text)) return text
  const type = json === text ? '' : 'text of '
  return `${type}${/^-?\d+(?:\.\d+)?$/.test(text) ? 'a number' : 'letters'}`
}

/** A text without what is another one each time: ids, times and how long something took. */
export function steadyText(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '…')
    .replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '…')
    .replaceAll(/\b(?=\w*\d)(?=\w*[a-z])\w{16,}\b/gi, '…')
    .replaceAll(/\b1\d{9}(?:\d{3})?\b/g, '…')
    .replaceAll(/\b\d+(?:\.\d+)? ?ms\b/g, '… ms')
    .replaceAll(/(?<=(?:localhost|\d+\.\d+\.\d+\.\d+|\]):)\d{2,5}\b/g, '…')
}

/** Without the quotes of JSON. */
function bare(json: string): string {
  return json.replace(/^"(.*)"$/s, '$1')
}
