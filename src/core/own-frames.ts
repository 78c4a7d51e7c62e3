import { fileURLToPath } from 'node:url'

const packageFolder = new URL('../..', import.meta.url)

// A stack names modules by URL, or by path where a test runner has loaded them; with source maps, by their sources.
const ownPlaces: readonly string[] = ['dist/', 'src/'].flatMap((folder) => {
  const { href } = new URL(folder, packageFolder)
  return [href, fileURLToPath(href)]
})

/** Frames looked at, so that the caller's are found below ours. */
const deep = 50

/**
 * Leaves the frames of this package out of an error's stack: whoever reads it wants to know which of their own lines
 * asked. With `MORTAR_DEBUG=1` they stay.
 */
export function hideOwnFrames(error: Error): void {
  if (process.env.MORTAR_DEBUG === '1') return
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = Math.max(limit, deep)
  Error.captureStackTrace(error)
  const stack = error.stack ?? ''
  Error.stackTraceLimit = limit
  const frames = stack
    .slice(stack.lastIndexOf(error.message) + error.message.length)
    .split('\n')
    .slice(1)
  // What node did between, for us or for them, leads nobody to a line of theirs.
  const theirs = frames.filter(
    (frame) => !/\bnode:|\(<anonymous>\)/.test(frame) && !ownPlaces.some((place) => frame.includes(place)),
  )
  const title = `${error.name}: ${error.message}`
  Object.defineProperty(error, 'stack', {
    value: [title, ...theirs.slice(0, limit)].join('\n'),
    writable: true,
    configurable: true,
  })
}
