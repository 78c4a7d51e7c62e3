import { spawn } from 'node:child_process'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const packed = new URL('./.packed/', import.meta.url)

/** Installs an example as its users would: with the packed tarball of this package. */
export async function installPacked(example: URL): Promise<void> {
  mkdirSync(packed, { recursive: true })
  await run(`npm pack --silent --ignore-scripts --pack-destination "${fileURLToPath(packed)}"`, root, 'quiet')
  renameSync(new URL('mortar-0.1.0.tgz', packed), new URL('mortar.tgz', packed))
  // npm would keep an earlier tarball of the same version.
  rmSync(new URL('node_modules/mortar', example), { recursive: true, force: true })
  await run('npm install --no-package-lock --no-audit --no-fund --loglevel=error', example, 'quiet')
}

/** Says what comes, then does it. @param output - `quiet`: only what goes to stderr is shown. */
export async function step(
  title: string,
  command: string,
  cwd: URL,
  output: 'inherit' | 'quiet' = 'inherit',
): Promise<void> {
  console.log(`\n▸ ${title}`)
  await run(command, cwd, output)
}

/** Runs a command without a word. */
export function runStep(
  command: string,
  cwd: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { cwd, shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const said: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void said.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output: Buffer.concat(said).toString('utf8') }))
  })
}

function run(command: string, cwd: URL, output: 'inherit' | 'quiet'): Promise<void> {
  return new Promise((resolve, reject) => {
    const stdio = output === 'inherit' ? 'inherit' : (['ignore', 'ignore', 'inherit'] as const)
    const child = spawn(command, { cwd, shell: true, stdio: stdio as 'inherit' })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) return resolve()
      reject(new Error(`\`${command}\` exited with ${code}`))
    })
  })
}
