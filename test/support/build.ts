import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const built = join(root, 'dist/cli/main.js')

/** Builds the package before the tests that run it as its users do, unless it has been built since its last change. */
export function setup(): void {
  if (isFresh()) return
  const { status, stdout, stderr } = spawnSync(process.execPath, ['build.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` },
  })
  if (status !== 0) throw new Error(`the package cannot be built:\n${stdout}${stderr}`)
}

function isFresh(): boolean {
  if (!existsSync(built)) return false
  const at = statSync(built).mtimeMs
  const sources = globSync(['src/**/*', 'build.ts', 'tsconfig*.json'], { cwd: root })
  return sources.every((path) => statSync(join(root, path)).mtimeMs < at)
}
