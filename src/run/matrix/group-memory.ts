import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { realElapsed } from '../../core/real-clock.ts'

/** One process of this machine. */
interface Running {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  /** Resident memory, where the list has it. */
  readonly bytes?: number
}

/** How long a list of processes holds, milliseconds: several may want to know at the same time. */
const listedMs = 100

let listed: { readonly at: number; readonly all: readonly Running[] } | undefined

/** A process, its group and session, and all that these have started. */
export interface GroupMemory {
  readonly pids: readonly number[]
  /** Resident memory of them together. */
  readonly bytes: number
}

/**
 * Looks how much memory a process has taken with all that it has started; nothing where the system does not tell, as on
 * Windows.
 *
 * @param enough - Where it is more than that, it is looked again without counting twice what processes share (Linux).
 */
export async function memoryOfGroup(leader: number, enough: number): Promise<GroupMemory> {
  if (process.platform === 'win32') return { pids: [], bytes: 0 }
  const members = membersOf(leader, process.platform === 'linux' ? listProc() : await askPs())
  const pids = members.map(({ pid }) => pid)
  if (process.platform !== 'linux') return { pids, bytes: sumOf(members, ({ bytes = 0 }) => bytes) }
  const resident = sumOf(members, ({ pid }) => kibibytesIn(`/proc/${pid}/status`, 'VmRSS') * 1024)
  if (resident <= enough) return { pids, bytes: resident }
  const own = sumOf(members, ({ pid }) => kibibytesIn(`/proc/${pid}/smaps_rollup`, 'Pss') * 1024)
  return { pids, bytes: own || resident }
}

function listProc(): readonly Running[] {
  if (listed === undefined || realElapsed() - listed.at > listedMs) listed = { at: realElapsed(), all: readProc() }
  return listed.all
}

function sumOf(members: readonly Running[], bytesOf: (one: Running) => number): number {
  return members.reduce((sum, one) => sum + bytesOf(one), 0)
}

function membersOf(leader: number, all: readonly Running[]): readonly Running[] {
  const members = new Map(
    all.filter(({ pid, group, session }) => [pid, group, session].includes(leader)).map((one) => [one.pid, one]),
  )
  const children = Map.groupBy(all, ({ parent }) => parent)
  // Those that are found while it goes on are gone through as well.
  for (const { pid } of members.values()) for (const child of children.get(pid) ?? []) members.set(child.pid, child)
  return [...members.values()]
}

/** Processes that were there before us are none of ours; a number that is not there any more may be given anew. */
let older: ReadonlySet<string> = new Set()

function readProc(): readonly Running[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const own = readStat('self')?.startedAt ?? 0
  const strangers = new Set(names.filter((name) => older.has(name)))
  const found = names.flatMap((name) => {
    const stat = strangers.has(name) ? undefined : readStat(name)
    if (stat && stat.startedAt < own) strangers.add(name)
    return stat && stat.startedAt >= own ? [{ pid: Number(name), ...stat }] : []
  })
  older = strangers
  return found
}

/** When it was started is counted in ticks since the machine was. */
function readStat(name: string): (Omit<Running, 'pid'> & { readonly startedAt: number }) | undefined {
  const stat = read(`/proc/${name}/stat`)
  // A name may have spaces and parentheses in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [, parent, group, session] = fields.map(Number)
  return session === undefined ? undefined : { parent: parent!, group: group!, session, startedAt: Number(fields[19]) }
}

function askPs(): Promise<readonly Running[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-axo', 'pid=,ppid=,pgid=,rss='], { maxBuffer: 2 ** 24 }, (_error, stdout) => {
      const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
      resolve(
        rows.flatMap(([pid, parent, group, kibibytes]) =>
          kibibytes === undefined
            ? []
            : [{ pid: pid!, parent: parent!, group: group!, session: 0, bytes: kibibytes * 1024 }],
        ),
      )
    })
  })
}

function kibibytesIn(file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(file))?.[1] ?? 0)
}

/** Of a process that is gone, or not ours, there is nothing. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
