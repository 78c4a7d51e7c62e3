import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A process that is part of a measurement. */
export interface Child {
  /** The first line that it printed, as JSON. */
  readonly said: unknown
  /** Asks it to end, and waits until it has; after 5 s it is killed. */
  end(): Promise<void>
}

/** What to start. */
export interface ChildOptions {
  readonly command?: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** How long its first line may take, milliseconds (default 60 000). */
  readonly timeoutMs?: number
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

/** Starts a process and waits for its first line, which must be JSON. Closing its stdin asks it to end. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = launch(options)
  const { timeoutMs = 60_000 } = options
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const said = await firstLine(child, options)
  clearTimeout(timer)
  child.stdout?.resume()
  return {
    said,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.stdin?.end()
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000)
      await gone
      clearTimeout(hard)
    },
  }
}

/** Runs a process to its end and returns its first line, as JSON. */
export async function runChild<T>(options: ChildOptions): Promise<T> {
  const child = await startChild(options)
  await child.end()
  return child.said as T
}

function launch({ command = process.execPath, args, cwd, env }: ChildOptions): ChildProcess {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...clean(process.env), ...env },
    ...(cwd !== undefined && { cwd }),
  })
  child.stdin?.on('error', () => {})
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

async function firstLine(child: ChildProcess, { args }: ChildOptions): Promise<unknown> {
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000)
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line.startsWith('{')) return JSON.parse(line)
  }
  throw new Error(`${args.join(' ')} ended without a result:\n${errors}`)
}

/** What would lead a subject through some other proxy, or change how Mortar records, is left out. */
function clean(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(?:https?_proxy|all_proxy|no_proxy|CI|MORTAR_.*|NODE_OPTIONS)$/i.test(name),
    ),
  )
}
