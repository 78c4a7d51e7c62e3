const units: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30 }

/** Reads `512MiB`, `4GiB` into bytes; `undefined` for anything else, and for nothing. */
export function parseMemory(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(MiB|GiB)$/.exec(text.trim()) ?? []
  const bytes = Number(amount) * (units[unit] ?? Number.NaN)
  return bytes > 0 ? bytes : undefined
}

/** `300 MiB`, `1 GiB`, `2.5 GiB`. */
export function memoryText(bytes: number): string {
  if (bytes < 2 ** 30) return `${Math.round(bytes / 2 ** 20)} MiB`
  return `${Number((bytes / 2 ** 30).toFixed(1))} GiB`
}
