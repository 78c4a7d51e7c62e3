import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { TestRef } from '../../../core/exchange.ts'
import { writeWhole } from '../../../files/write-whole.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import { observeEvents, type Ran } from '../observe-run.ts'
import type { LoadedRecord } from '../plan-file.ts'
import { type Input, type InputOptions, keyOf, type Loaded, readInputs } from './inputs.ts'
import { type KeptFile, nameOfRun, openKeptFile } from './kept-file.ts'
import { readStored, rewriteStored, storedFile, type StoredLine, type StoredRun } from './stored.ts'

/** What earlier runs have shown, as far as nothing has changed on which it depends. */
export interface MatrixCache {
  /** Why something that was kept does not hold any more; empty when all does. */
  readonly why: string
  /** Why something could not be kept; empty when all was. */
  readonly unkept: string
  /** Where each run of these tests is a process of its own, how many run at a time; else 0. */
  readonly lanes: number
  /** Clean runs of stable tests, at least so many of each. */
  clean(count: number): Promise<readonly Ran[]>
  /** Test files of whose tests all is known, for so many clean runs of each. */
  files(count: number): readonly string[]
  /** How these cells went, as far as that is known. */
  find(cells: readonly { readonly id: string; readonly test: TestRef }[]): Promise<readonly Ran[]>
  /** Whether a cell that was bad was so again. */
  isConfirmed(cell: { readonly id: string; readonly test: TestRef }): boolean
  /** Takes down what tests need. */
  load(records: readonly LoadedRecord[]): void
  /** Keeps clean runs. @param tests - All tests of their files. @param lanes - As above. */
  keepClean(ran: readonly Ran[], tests: readonly TestRef[], lanes: number): void
  /** Keeps how cells went. */
  keep(ran: readonly Ran[]): void
  /** Keeps whether a cell that was bad was so again; one that was not is forgotten. */
  keepAgain(cell: { readonly id: string; readonly test: TestRef }, seen: boolean): void
  /** What was seen of a cell says nothing. */
  forget(cell: { readonly id: string; readonly test: TestRef }): void
  /** Forgets what belongs to none of these. */
  prune(cells: readonly { readonly id: string }[], tests: readonly TestRef[]): void
}

const bodyNames = /sha256-[0-9a-f]{64}(?:\.[a-z0-9]{1,12}){0,3}/g

/**
 * Opens what is kept under `.mortar/matrix/cache`.
 *
 * @param run - Name of this matrix.
 */
export function openMatrixCache({ run, ...options }: InputOptions & { readonly run: string }): MatrixCache {
  const { directory } = options.config
  const folder = join(directory, '.mortar', 'matrix', 'cache')
  const inputs = readInputs(options)
  const kept = new Map<string, KeptFile>()
  const loaded = new Map<string, { readonly paths: Set<string>; outside: boolean }>()
  let why = ''
  let unkept = ''
  for (const path of storedFiles(folder)) {
    const lines = readStored(path)
    const known = lines.filter((line) => line.t === 'inputs')
    const valid = known.filter(({ key, file, inputs: before, outside }) => {
      const now = inputs.now(file, before, outside)
      if (keyOf(inputs.common, now) === key) return true
      const was = new Map(before)
      const changed = now.find(([path, hash]) => was.get(path) !== hash)?.[0]
      why ||= `${changed ?? 'the config, the environment, the lock file or data'} changed`
      return false
    })
    const keys = new Set(valid.map(({ key }) => key))
    const holding = lines.filter(({ key }) => keys.has(key))
    const file = valid[0]?.file
    if (file === undefined || path !== storedFile(folder, file)) rmSync(path)
    else {
      if (holding.length < lines.length) rewriteStored(path, holding)
      kept.set(file, openKeptFile(path, holding))
      for (const { inputs: own, outside } of valid) {
        takeLoaded(
          file,
          own.map(([name]) => join(directory, name)),
          outside,
        )
      }
    }
  }

  function takeLoaded(file: string, paths: readonly string[], outside: boolean): void {
    const known = loaded.get(file) ?? { paths: new Set<string>(), outside: false }
    for (const path of paths) known.paths.add(path)
    known.outside ||= outside
    loaded.set(file, known)
  }

  function loadedFor(testFile: string): Loaded {
    const some = [loaded.get(testFile), loaded.get('')]
    return {
      paths: new Set(some.flatMap((one) => [...(one?.paths ?? [])])),
      outside: some.some((one) => one?.outside),
    }
  }

  function add(testFile: string, linesFor: (key: string) => readonly StoredLine[]): void {
    const needed = loadedFor(testFile)
    if (!loaded.has(testFile) && !needed.outside) {
      unkept ||= `nobody tells what ${testFile} depends on`
      return
    }
    const own: readonly Input[] = inputs.of(testFile, needed)
    // Nobody knows which content the tests have seen.
    const moving = inputs.moving(own)
    if (moving !== undefined) {
      unkept ||= `${moving} was written to while the matrix ran`
      return
    }
    const key = keyOf(inputs.common, own)
    const lines = linesFor(key)
    if (lines.length === 0) return
    const file = kept.get(testFile) ?? openKeptFile(storedFile(folder, testFile), [])
    kept.set(testFile, file)
    const isKnown = file.lines.some((line) => line.t === 'inputs' && line.key === key)
    const first: StoredLine = { t: 'inputs', key, file: testFile, inputs: own, outside: needed.outside }
    file.add(isKnown ? lines : [first, ...lines])
  }

  function keepAgain({ id, test }: { readonly id: string; readonly test: TestRef }, seen: boolean): void {
    const key = kept.get(test.file)?.cells.get(nameOfRun({ id, test }))?.key
    if (key !== undefined) kept.get(test.file)!.add([{ t: 'again', key, id, test, seen }])
  }

  const storedOf = ({ record, observation, events, bodies }: Ran, key: string): StoredRun => {
    keepBodies(JSON.stringify(events), bodies, join(folder, 'bodies'))
    return { t: 'ran', key, run, record, leftBehind: observation.leftBehind, events }
  }

  const restore = (runs: readonly StoredRun[]): Promise<readonly Ran[]> =>
    Promise.all(
      runs.map(async ({ record, leftBehind, events, run: from }): Promise<Ran> => {
        const observation = await observeEvents(record, leftBehind, events, {
          runDirectory: folder,
          projectDirectory: directory,
        })
        return { record, observation, events, bodies: join(folder, 'bodies'), from }
      }),
    )

  /** By file, tests that have run often enough without a fault. */
  const cleanTests = (file: KeptFile, count: number): readonly (readonly StoredRun[])[] =>
    [...file.clean.values()].filter((runs) => runs.length >= count)

  return {
    why,
    get unkept() {
      return unkept
    },
    lanes: kept.size > 0 ? Math.min(...[...kept.values()].map(({ lanes }) => lanes)) : 0,
    clean: (count) => restore([...kept.values()].flatMap((file) => cleanTests(file, count).flat())),
    files: (count) =>
      [...kept].flatMap(([testFile, file]) => {
        const known = new Set(cleanTests(file, count).map(([first]) => keyOfTest(first!.record.test)))
        return file.tests?.every((test) => known.has(keyOfTest(test))) ? [testFile] : []
      }),
    find: (cells) =>
      restore(
        cells.flatMap((cell) => {
          const found = kept.get(cell.test.file)?.cells.get(nameOfRun(cell))
          return found ? [found] : []
        }),
      ),
    isConfirmed: (cell) => kept.get(cell.test.file)?.confirmed.has(nameOfRun(cell)) ?? false,
    load(records) {
      for (const { file, paths, outside } of records) takeLoaded(file, paths, outside)
    },
    keepClean(ran, tests, lanes) {
      const runs = Map.groupBy(ran, ({ record }) => record.test.file)
      for (const [testFile, own] of Map.groupBy(tests, ({ file }) => file)) {
        add(testFile, (key) => [
          { t: 'tests', key, tests: own, lanes },
          ...(runs.get(testFile) ?? []).map((one) => storedOf(one, key)),
        ])
      }
    },
    keep(ran) {
      for (const [testFile, own] of Map.groupBy(ran, ({ record }) => record.test.file)) {
        add(testFile, (key) => own.map((one) => storedOf(one, key)))
      }
    },
    keepAgain,
    forget: (cell) => keepAgain(cell, false),
    prune(cells, tests) {
      const wanted = new Set(cells.map(({ id }) => id))
      const files = new Set(tests.map(({ file }) => file))
      for (const [testFile, file] of kept) {
        if (files.has(testFile)) file.prune(wanted)
        else rmSync(storedFile(folder, testFile), { force: true })
      }
      pruneBodies(folder)
    },
  }
}

function storedFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => (name.endsWith('.ndjson') ? [join(folder, name)] : []))
}

/** Copies the bodies that events refer to. */
function keepBodies(events: string, from: string | undefined, to: string): void {
  if (from === undefined || from === to) return
  for (const [name] of events.matchAll(bodyNames)) {
    if (existsSync(join(from, name)) && !existsSync(join(to, name)))
      writeWhole(join(to, name), readFileSync(join(from, name)))
  }
}

/** Deletes bodies that nothing refers to any more. */
function pruneBodies(folder: string): void {
  const bodies = join(folder, 'bodies')
  if (!existsSync(bodies)) return
  const wanted = new Set(storedFiles(folder).flatMap((path) => readFileSync(path, 'utf8').match(bodyNames) ?? []))
  for (const name of readdirSync(bodies)) if (!wanted.has(basename(name))) rmSync(join(bodies, name))
}
