/** One JSON line per event, as the log collector wants it. */
export const log = {
  info: (message: string, fields: object = {}): void => write('info', message, fields),
  error: (message: string, error: unknown, fields: object = {}): void =>
    write('error', message, { ...fields, error: error instanceof Error ? error.message : String(error) }),
}

function write(level: string, message: string, fields: object): void {
  if (process.env.LOG === 'off') return
  process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`)
}
