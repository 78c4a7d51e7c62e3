import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where a question came from. */
export interface CallSite {
  /** The first line of the program on the stack: `src/billing.ts:88`. */
  readonly site?: string
  /** It stands in for somebody else. */
  readonly byStandIn?: true
  /** Nothing of the project but its tests is on the stack. */
  readonly byTest?: true
}

const notOurs = /node:|[\\/]node_modules[\\/]|<anonymous>/
const testFile = /\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|__tests__|spec)\//

/** What is known of the files on a stack. */
export interface CallSiteOptions {
  /** Of the project. */
  readonly directory: string
  /** Of this package. */
  readonly own: string
  /** Files that stand in for others, absolute. */
  readonly standIns: readonly string[]
}

/** Reads a stack as V8 prints it; empty when nothing of the project stands on it. */
export function callSiteOf(stack: string, options: CallSiteOptions): CallSite {
  const places = placesOn(stack, options)
  const program = places.find(({ file }) => !testFile.test(file))
  if (program) return { site: `${program.file}:${program.row}`, ...(program.isStandIn && { byStandIn: true }) }
  return places.length > 0 ? { byTest: true } : {}
}

/**
 * The line of the program that has taken something, unless a test, or what stands in for somebody else, has taken it.
 *
 * @param options - `isDirect`: what a package has taken is its own affair.
 */
export function takerOn(
  stack: string,
  { isDirect, ...options }: CallSiteOptions & { readonly isDirect: boolean },
): string | undefined {
  const caller = stack.split('\n').find((line) => /:\d+:\d+\)?$/.test(line) && !isWithin(line, options.own))
  if (isDirect && (caller === undefined || notOurs.test(caller))) return undefined
  const [nearest] = placesOn(stack, options)
  return nearest && !testFile.test(nearest.file) && !nearest.isStandIn ? `${nearest.file}:${nearest.row}` : undefined
}

/** The line of a test on a stack, the nearest one. */
export function testLineOn(stack: string, options: CallSiteOptions): string | undefined {
  const line = placesOn(stack, options).find(({ file }) => testFile.test(file))
  return line && `${line.file}:${line.row}`
}

/** Whether a line of a stack is node's, or of a folder. */
function isWithin(line: string, folder: string): boolean {
  return /node:|<anonymous>/.test(line) || line.includes(folder)
}

/** Whether a file of tests is among these, absolute or as URLs. */
export function haveTest(files: readonly string[], { directory }: CallSiteOptions): boolean {
  return files.some((url) => {
    const path = url.startsWith('file:') ? fileURLToPath(url) : url
    return (
      path.startsWith(directory) && !notOurs.test(path) && testFile.test(relative(directory, path).split(sep).join('/'))
    )
  })
}

const asserting = /[\\/]node_modules[\\/](?:@vitest|vitest|chai)[\\/]/

/** Whose line is nearest on a stack: the program's or, with what asserts for them and what stands in for others, the tests'. */
export function readerOn(stack: string, options: CallSiteOptions): 'program' | 'test' {
  const [nearest] = placesOn(stack, options)
  if (nearest) return testFile.test(nearest.file) || nearest.isStandIn ? 'test' : 'program'
  // Libraries that were not called just now act for the program.
  return asserting.test(stack) ? 'test' : 'program'
}

interface PlaceOnStack {
  readonly file: string
  readonly row: string | undefined
  readonly isStandIn: boolean
}

/** The lines of the project on a stack, the nearest one first. */
function placesOn(stack: string, { directory, own, standIns }: CallSiteOptions): readonly PlaceOnStack[] {
  return stack.split('\n').flatMap((line) => {
    const [, url, row] = /\(?((?:file:\/\/)?\/[^():]+):(\d+):\d+\)?$/.exec(line) ?? []
    if (url === undefined || notOurs.test(line)) return []
    const path = url.startsWith('file:') ? fileURLToPath(url) : url
    if (path.startsWith(own)) return []
    const file = relative(directory, path).split(sep).join('/')
    return file.startsWith('..') ? [] : [{ file, row, isStandIn: standIns.includes(path) }]
  })
}
