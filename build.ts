/** Compiles `src/` into `dist/`, and makes the command line executable. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'

/** The report's browser code: JavaScript and CSS that is checked, but shipped as it is. */
const client = 'run/report/client'

rmSync('dist', { recursive: true, force: true })
const status = tsc('tsconfig.build.json') || tsc(`src/${client}/tsconfig.json`)
if (status === 0) {
  const shipped = (path: string): boolean => !path.endsWith('.json')
  cpSync(`src/${client}`, `dist/${client}`, { recursive: true, filter: shipped })
  chmodSync('dist/cli/main.js', 0o755)
}
process.exitCode = status

function tsc(project: string): number {
  return spawnSync('tsc', ['-p', project], { stdio: 'inherit' }).status ?? 1
}
