#!/usr/bin/env node
import { runCli } from './run-cli.ts'

// Whoever reads us may stop early, as `head` does; that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.on('SIGINT', () => {
  if (process.listenerCount('SIGINT') === 1) process.exit(130)
})

process.exitCode = await runCli({
  args: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
})
// A config may leave a timer or a connection behind; the command has ended all the same.
process.stdout.write('', leave)

function leave(): void {
  process.stderr.write('', () => process.exit())
}
