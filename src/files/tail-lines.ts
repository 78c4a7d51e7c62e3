import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Follows a file to which lines are added. */
export interface LineTail {
  /**
   * The lines that have come since the last time, without those that are empty; none while there is no such file.
   *
   * @param isOver - Nothing more will come: a last line that was cut off is among them.
   */
  read(isOver?: boolean): readonly string[]
}

const newline = 0x0a

export function tailLines(file: string): LineTail {
  let offset = 0
  return {
    read(isOver = false) {
      const bytes = bytesFrom(file, offset)
      const end = isOver ? bytes.length : bytes.lastIndexOf(newline) + 1
      offset += end
      return bytes
        .toString('utf8', 0, end)
        .split('\n')
        .filter((line) => line !== '')
    },
  }
}

function bytesFrom(file: string, offset: number): Buffer {
  const handle = openToRead(file)
  if (handle === undefined) return Buffer.alloc(0)
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(handle).size - offset))
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(handle, bytes, filled, bytes.length - filled, offset + filled)
      if (read === 0) break
      filled += read
    }
    return bytes.subarray(0, filled)
  } finally {
    closeSync(handle)
  }
}

function openToRead(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
