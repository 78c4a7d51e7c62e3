import { attachRun } from './in-process-run.ts'

/** Attaches the boundaries of `mortar.config` to this process, for `node --import mortar/register program.js`. */
const attached: Awaited<ReturnType<typeof attachRun>> = await attachRun({
  directory: process.cwd(),
  command: process.argv.slice(1).join(' '),
  outside: null,
})

process.once('exit', () => {
  attached.close()
})

export { attached }
