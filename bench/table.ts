/** A Markdown table with columns as wide as they need to be; all but the first are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** `1,234`, or with `digits` after the point; a dash for what was not measured. */
export function number(value: number | undefined, digits = 0): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** `0.12×` of `base`. */
export function ratio(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined ? '–' : `${number(value / base, 2)}×`
}

/** One target, with what was measured, as a line of a list. */
export function verdict(what: string, measured: number | undefined, limit: number, better: 'low' | 'high'): string {
  if (measured === undefined || Number.isNaN(measured)) return `- not measured: ${what}`
  const met = better === 'low' ? measured <= limit : measured >= limit
  return `- ${met ? 'met' : 'MISSED'}: ${what}: ${number(measured, 2)}, target ${better === 'low' ? '≤' : '≥'} ${limit}`
}
