import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { Death } from './support.ts'

/*
 * Loaded into a holder before anything else: kills it, or its keeper, with SIGKILL at the step that it is told. A step
 * is a change of a file or the start of a process; what happens in between leaves no trace.
 */

const told = process.env['DIE']!
const { who, step, note } = JSON.parse(told) as Death & { readonly note: string }
const keeper = 'keeper/main.ts'
const isVictim = (process.argv[1]?.endsWith(keeper) === true) === (who === 'keeper')
const { writeFileSync } = fs

let steps = 0
function countStep(begin = (): void => {}): void {
  steps += 1
  if (!isVictim || steps !== step) return
  try {
    begin()
  } catch {
    // It was there already.
  }
  writeFileSync(note, '')
  process.kill(process.pid, 'SIGKILL')
}

type Call = (...args: unknown[]) => unknown

function before(module: object, name: string, change: (args: unknown[]) => unknown[]): void {
  const functions = module as Record<string, Call>
  const call = functions[name]!
  functions[name] = (...args) => call(...change(args))
}

for (const name of ['mkdirSync', 'writeFileSync', 'openSync', 'renameSync', 'rmSync', 'rmdirSync', 'symlinkSync']) {
  before(fs, name, (args) => {
    // Modules are opened too, to be read.
    if (name !== 'openSync' || args[1] === 'a') countStep()
    // A file is made before it is written.
    if (name === 'writeFileSync') countStep(() => writeFileSync(args[0] as string, '', args[2] as object))
    return args
  })
}
before(childProcess, 'spawn', ([program, args, options]) => {
  countStep()
  const [main, ...rest] = args as string[]
  if (!main?.endsWith(keeper)) return [program, args, options]
  const { env, ...others } = options as { readonly env: object }
  return [program, ['--import', import.meta.filename, main, ...rest], { ...others, env: { ...env, DIE: told } }]
})
syncBuiltinESMExports()
