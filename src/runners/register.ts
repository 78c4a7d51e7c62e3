import { attachRun } from './in-process-run.ts'

/** Attaches the boundaries of `mortar.config` to this process, for `node --import mortar/register program.js`. */
const attached: Awaited<ReturnType<typeof attachRun>> = await attachRun({
  directory: process.cwd(),
  command: process.argv.slice(1).join(' '),
  outside: null,
})

// A program that failed may have gone only half the way.
process.once('exit', (code) => {
  attached.close({ passed: code === 0 })
})

export { attached }
