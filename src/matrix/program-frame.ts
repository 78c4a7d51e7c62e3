const foreign = /node:|[\\/]node_modules[\\/]|<anonymous>|\.(?:test|spec)\.[cm]?[jt]sx?\b/

/** The first line of a stack that is the program's: `at ensureLabels (/project/src/labels.ts:17:30)`. */
export function programFrame(stack: string): string | undefined {
  return stack
    .split('\n')
    .find((line) => /^\s*at /.test(line) && !foreign.test(line))
    ?.trim()
}
