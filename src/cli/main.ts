#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'
import { nodeTooOld } from '../core/node-too-old.ts'
import { compiledFolder } from '../files/compiled-folder.ts'

// Whoever reads us may stop early, as `head` does; that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.on('SIGINT', () => {
  if (process.listenerCount('SIGINT') === 1) process.exit(130)
})

process.exitCode = nodeTooOld ? refuse(nodeTooOld) : await run()
// A config may leave a timer or a connection behind; the command has ended all the same.
process.stdout.write('', leave)

// An old node cannot even load what prints errors.
function refuse(error: Error): number {
  const { code, reason, hint } = error as Error & Record<string, unknown>
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ error: { code, message: reason, hint } }, null, 2)}\n`)
  } else process.stderr.write(`${error.message}\n`)
  return 3
}

async function run(): Promise<number> {
  // Where a matrix was run, what it has compiled is kept; what coverage is measured of is compiled anew.
  const compiled = compiledFolder(process.cwd())
  if (existsSync(compiled) && !process.env['NODE_V8_COVERAGE']) module.enableCompileCache(compiled)
  const { runCli } = await import('./run-cli.ts')
  return runCli({
    args: process.argv.slice(2),
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
  })
}

function leave(): void {
  process.stderr.write('', () => process.exit())
}
