/** Compiles `src/` into `dist/`, joins what loads at start, and makes the command line executable. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { bundleStartup } from './bundle-startup.ts'

/** The report's browser code: JavaScript and CSS that is checked, but shipped as it is. */
const client = 'run/report/client'

// Built beside and then put in place: what runs from `dist` meanwhile never finds it missing or half there.
const fresh = `dist-${process.pid}`
const status = tsc('tsconfig.build.json', '--outDir', fresh) || tsc(`src/${client}/tsconfig.json`)
if (status === 0) {
  await bundleStartup(fresh)
  const shipped = (path: string): boolean => !path.endsWith('.json')
  cpSync(`src/${client}`, `${fresh}/${client}`, { recursive: true, filter: shipped })
  chmodSync(`${fresh}/cli/main.js`, 0o755)
  const former = `${fresh}-former`
  if (existsSync('dist')) renameSync('dist', former)
  renameSync(fresh, 'dist')
  rmSync(former, { recursive: true, force: true })
}
rmSync(fresh, { recursive: true, force: true })
process.exitCode = status

function tsc(project: string, ...options: string[]): number {
  return spawnSync('tsc', ['-p', project, ...options], { stdio: 'inherit' }).status ?? 1
}
