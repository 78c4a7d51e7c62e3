import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestRef } from '../../../core/exchange.ts'
import type { Cell } from '../../../matrix/cell.ts'
import { writeWhole } from '../../../files/write-whole.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import { observeEvents, type Ran } from '../observe-run.ts'
import type { LoadedRecord, UsesRecord } from '../plan-file.ts'
import { commonChange } from './common-change.ts'
import { openFormer } from './former.ts'
import { type Input, type InputOptions, keyOf, type Loaded, readInputs } from './inputs.ts'
import { readGenerations } from './generations.ts'
import { keepBodies, pruneBodies } from './kept-bodies.ts'
import { type KeptFile, openKeptFile } from './kept-file.ts'
import { openKnownParts } from './known-parts.ts'
import { type KnownSuite, readSuite } from './known-suite.ts'
import {
  nameOfRun,
  removeStored,
  storedFile,
  type StoredInputs,
  type StoredLine,
  type StoredRun,
  type StoredUses,
} from './stored.ts'
import { openUsedParts, pathsOf, withLinesMoved } from './used-parts.ts'

/** What earlier runs have shown, as far as nothing has changed on which it depends. */
export interface MatrixCache {
  /** Hash of this Mortar: with another one nothing holds. */
  readonly madeBy: string
  /** When it was opened, milliseconds since the epoch: files count as they were then. */
  readonly startedAt: number
  /** Hash of what all tests depend on. */
  readonly common: string
  /** What processes of tests have loaded, as far as that is known. */
  ground(): Ground
  /** Hash of a file of the project as it is now. */
  hashOf(path: string): string
  /** Whether tests are known to load a program of the project, or start something that may. */
  isUsed(path: string): boolean
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
  /** All tests are known for so many clean runs of each, and no other can have come. */
  isComplete(count: number): boolean
  /** By file the tests that there were last, where no other file can have come. */
  tests(): ReadonlyMap<string, readonly TestRef[]> | undefined
  /** Clean runs of stable tests by test, of which it is not known any more how they go. Their lines may have moved. */
  cleanBefore(): Promise<ReadonlyMap<string, readonly Ran[]>>
  /** How these cells went, as far as that is known. */
  find(cells: readonly CellName[]): Promise<readonly Ran[]>
  /** Whether a cell that was bad was so again. */
  isConfirmed(cell: CellName): boolean
  /** Why a cell was bad that was so again, before something changed on which it depends: as `Cause` has it. */
  causeBefore(cell: CellName): string | undefined
  /** Takes down what tests need. */
  load(records: readonly (LoadedRecord | UsesRecord)[]): void
  /** Keeps clean runs. @param tests - All tests of their files. @param lanes - As above. */
  keepClean(ran: readonly Ran[], tests: readonly TestRef[], lanes: number): void
  /** Keeps which files of tests there are, also those that could not be run; `undefined`: some test has to be each time. */
  keepSuite(suite: Pick<KnownSuite, 'files' | 'isSerial'> | undefined): void
  /** Whether its files are run one after another, where {@link isComplete}. */
  readonly isSerial: boolean
  /** Cells of which it was known how they went, before something changed on which that depends. */
  outdated(): readonly Cell[]
  /** Tests of which the same holds for their run of this name. */
  outdatedRuns(id: string): readonly TestRef[]
  /** How long such a cell took, milliseconds. */
  tookMs(cell: CellName): number | undefined
  /** Keeps how cells went. @param cells - In any order, and others among them. */
  keep(ran: readonly Ran[], cells?: readonly Cell[]): void
  /** Keeps that a cell that was bad was so again, and why. */
  keepAgain(cell: CellName, cause: string): void
  /** What was seen of a cell says nothing. */
  forget(cell: CellName): void
  /** Forgets what belongs to none of these. @param testFiles - Also those that could not be run. */
  prune(cells: readonly { readonly id: string }[], testFiles: readonly string[]): void
}

/** On what processes stand that have loaded tests. Paths are relative to the project. */
export interface Ground {
  /** Hash of which files there are, and of what all tests depend on. */
  readonly all: string
  /** What is loaded once. */
  readonly lasting: readonly string[]
  /** What is evaluated anew for each file of tests, and these. */
  readonly modules: readonly string[]
}

type CellName = Pick<Cell, 'id' | 'test'>

/**
 * Opens what is kept under `.mortar/matrix/cache`.
 *
 * @param run - Name of this matrix.
 */
export function openMatrixCache({ run, ...options }: InputOptions & { readonly run: string }): MatrixCache {
  const { directory } = options.config
  const folder = join(directory, '.mortar', 'matrix', 'cache')
  const suiteFile = join(folder, 'suite.json')
  const inputs = readInputs(options)
  const known = openKnownParts({ file: join(folder, 'parts.json'), directory, by: inputs.common })
  const used = openUsedParts({ directory, known, hashOf: inputs.hashOf })
  const kept = new Map<string, KeptFile>()
  const loaded = new Map<string, { readonly paths: Set<string>; outside: boolean }>()
  /** By file, modules that tell of themselves. */
  const modules = new Map<string, Set<string>>()
  const former = openFormer()
  const common = commonChange(join(folder, 'common.json'), inputs.commonParts)
  let unkept = ''
  const generations = readGenerations(folder, {
    ofInputs: changeOfInputs,
    ofUses: ({ modules: some }) => used.changed(some),
  })
  for (const { path, file, lines, holding, resting } of generations.files) {
    former.take(file, lines, holding)
    kept.set(file, openKeptFile(path, holding, resting))
    for (const line of holding) {
      if (line.t === 'uses') takeModules(file, pathsOf(line.modules))
      if (line.t !== 'inputs' || line.whole) continue
      const paths = line.inputs.map(([name]) => join(directory, name))
      takeLoaded(file, paths, line.outside)
    }
  }

  function changeOfInputs({ key, file, inputs: before, outside }: StoredInputs): string | undefined {
    const now = inputs.now(file, before, outside)
    if (keyOf(inputs.common, now) === key) return undefined
    const was = new Map(before)
    return now.find(([path, hash]) => was.get(path) !== hash)?.[0] ?? ''
  }

  function takeModules(file: string, paths: readonly string[]): void {
    const before = modules.get(file) ?? new Set()
    for (const path of paths) before.add(path)
    modules.set(file, before)
  }

  function takeLoaded(file: string, paths: readonly string[], outside: boolean): void {
    const before = loaded.get(file) ?? { paths: new Set<string>(), outside: false }
    for (const path of paths) before.paths.add(path)
    before.outside ||= outside
    loaded.set(file, before)
  }

  /** @param isWhole - Modules that tell of themselves count too. */
  function loadedFor(testFile: string, isWhole: boolean): Loaded {
    const some = [loaded.get(testFile), loaded.get('')]
    const telling = isWhole && testFile !== '' ? [testFile, ...(modules.get(testFile) ?? [])] : []
    return {
      paths: new Set([
        ...some.flatMap((one) => [...(one?.paths ?? [])]),
        ...telling.map((path) => join(directory, path)),
      ]),
      outside: some.some((one) => one?.outside),
    }
  }

  /** What the runs of a file of tests depend on, besides parts of modules where these are told of. */
  function neededBy(testFile: string, isWhole: boolean): Needed {
    const { paths, outside } = loadedFor(testFile, isWhole)
    const own = inputs.of(testFile, { paths, outside })
    return { own, outside, key: keyOf(inputs.common, own), moving: inputs.moving(own) }
  }

  /** Keeps lines that depend on these parts of modules; `undefined`: on all of each. */
  function add(
    testFile: string,
    uses: Uses | undefined,
    linesFor: (key: string) => readonly StoredLine[],
    { own, outside, key, moving: movingOwn }: Needed = neededBy(testFile, uses === undefined),
  ): void {
    const isTold = uses?.modules.some(([path]) => path === testFile) ?? modules.has(testFile)
    if (!isTold && !loaded.has(testFile) && !outside) {
      unkept ||= `nobody tells what ${testFile} depends on`
      return
    }
    if (uses) takeModules(testFile, pathsOf(uses.modules))
    // Nobody knows which content the tests have seen.
    const moving = movingOwn ?? inputs.moving((uses?.modules ?? []).map(([path, hash]): Input => [path, hash]))
    if (moving !== undefined) {
      unkept ||= `${moving} was written to while the matrix ran (have git ignore it where nothing reads it)`
      return
    }
    const lines = linesFor(key)
    if (lines.length === 0) return
    const file = kept.get(testFile) ?? openKeptFile(storedFile(folder, testFile), [])
    kept.set(testFile, file)
    const first: readonly (StoredInputs | StoredUses)[] = [
      { t: 'inputs', key, file: testFile, inputs: own, outside, ...(!uses && { whole: true }) },
      ...(uses ? [{ t: 'uses', key, ...uses } as const] : []),
    ]
    file.add([...first.filter((line) => !file.has(line)), ...lines])
    known.save()
  }

  /** Of each file, runs that depend on the same parts of modules. */
  function byUses(ran: readonly Ran[]): readonly (readonly [string, Uses | undefined, readonly Ran[]])[] {
    const usesOf = ({ record: { uses, test } }: Ran): Uses | undefined => {
      const found = uses === undefined ? undefined : used.find(uses)
      // What cannot be read in parts counts as a whole.
      if (uses !== undefined && !found) takeModules(test.file, used.paths(uses))
      return found
    }
    return [...Map.groupBy(ran, (one) => `${one.record.test.file}\n${usesOf(one)?.id ?? ''}`).values()].map((runs) => [
      runs[0]!.record.test.file,
      usesOf(runs[0]!),
      runs,
    ])
  }

  function keep(ran: readonly Ran[], cells: readonly Cell[] = []): void {
    const byId = new Map(cells.map((cell) => [cell.id, cell]))
    // Besides what they tell of, runs of one file depend on the same.
    const besides = new Map<string, Needed>()
    for (const [testFile, uses, runs] of byUses(ran)) {
      const lines = (key: string): readonly StoredRun[] =>
        runs.map((one) => {
          const cell = byId.get(one.record.id)
          return { ...storedOf(one, key), ...(uses && { uses: uses.id }), ...(cell && { cell }) }
        })
      if (uses && !besides.has(testFile)) besides.set(testFile, neededBy(testFile, false))
      add(testFile, uses, lines, uses && besides.get(testFile))
    }
  }

  function keepAgain({ id, test }: CellName, cause: string | undefined): void {
    const key = kept.get(test.file)?.cells.get(nameOfRun({ id, test }))?.key
    const seen = cause !== undefined
    if (key !== undefined) kept.get(test.file)!.add([{ t: 'again', key, id, test, seen, ...(seen && { cause }) }])
  }

  const storedOf = ({ record, observation, events, bodies }: Ran, key: string): StoredRun => {
    keepBodies(events, bodies, join(folder, 'bodies'))
    return { t: 'ran', key, run, record, leftBehind: observation.leftBehind, events }
  }

  async function restore(lines: readonly StoredLine[], runs: readonly StoredRun[]): Promise<readonly Ran[]> {
    const needed = new Set(runs.map(({ uses }) => uses))
    const moved = new Map(
      lines.flatMap((line) => (line.t === 'uses' && needed.has(line.id) ? [[line.id, used.moved(line.modules)]] : [])),
    )
    const where = { runDirectory: folder, projectDirectory: directory }
    const restored: Ran[] = []
    for (const { uses, run: from, ...as } of runs) {
      // Servers and processes of tests are being started meanwhile, and each is to go on as soon as it can.
      await new Promise((resolve) => setImmediate(resolve))
      const { record, leftBehind, events } = withLinesMoved(as, moved.get(uses ?? '') ?? new Map())
      const observation = await observeEvents(record, leftBehind, events, where)
      restored.push({ record, observation, events, bodies: join(folder, 'bodies'), ...(from !== run && { from }) })
    }
    return restored
  }

  /** By file, tests that have run often enough without a fault. */
  const cleanTests = (file: KeptFile, count: number): readonly (readonly StoredRun[])[] =>
    [...file.clean.values()].filter((runs) => runs.length >= count)

  const completeFiles = (count: number): readonly string[] =>
    [...kept].flatMap(([testFile, file]) => {
      const names = new Set(cleanTests(file, count).map(([first]) => keyOfTest(first!.record.test)))
      return file.tests?.every((test) => names.has(keyOfTest(test))) ? [testFile] : []
    })

  function holdingLanes(): readonly number[] {
    const held = [...kept.values()].flatMap(({ lines, lanes }) => (lines.length > 0 ? [lanes] : []))
    return held.length > 0 ? held : [0]
  }

  return {
    madeBy: inputs.madeBy,
    startedAt: options.startedAt,
    common: inputs.common,
    ground() {
      const own = new Set([...kept.keys(), ...[...modules.values()].flatMap((some) => [...some])])
      const all = [...loaded.keys()].flatMap((file) => inputs.of(file, loadedFor(file, false)).map(([path]) => path))
      return { all: inputs.all, lasting: [...new Set(all)].filter((path) => !own.has(path)), modules: [...own] }
    },
    hashOf: inputs.hashOf,
    isUsed(path) {
      const absolute = join(directory, path)
      const isLoaded = [...loaded.values()].some(({ paths, outside }) => outside || paths.has(absolute))
      return isLoaded || modules.has(path) || [...modules.values()].some((some) => some.has(path))
    },
    why:
      generations.changed === ''
        ? (common ?? 'something that all tests depend on changed')
        : generations.changed === undefined
          ? ''
          : `${generations.changed} changed`,
    get unkept() {
      return unkept
    },
    lanes: Math.min(...holdingLanes()),
    clean: async (count) =>
      (await Promise.all([...kept.values()].map((file) => restore(file.lines, cleanTests(file, count).flat())))).flat(),
    files: completeFiles,
    isComplete(count) {
      const suite = readSuite(suiteFile)
      const complete = new Set(completeFiles(count))
      return suite?.all === inputs.all && suite.files.every((file) => complete.has(file))
    },
    tests() {
      const suite = readSuite(suiteFile)
      return suite?.all === inputs.all ? new Map(suite.files.map((file) => [file, former.tests(file)])) : undefined
    },
    outdated: former.cells,
    outdatedRuns: former.testsOf,
    tookMs: former.tookMs,
    cleanBefore: async () => {
      const byTest = await Promise.all(
        [...former.clean()].map(async ([test, runs]) => [test, await restore([], runs)] as const),
      )
      return new Map(byTest)
    },
    find: async (cells) => {
      const files = [...Map.groupBy(cells, ({ test }) => test.file)].flatMap(([testFile, own]) => {
        const file = kept.get(testFile)
        return file
          ? [
              restore(
                file.lines,
                own.flatMap((cell) => file.cells.get(nameOfRun(cell)) ?? []),
              ),
            ]
          : []
      })
      return (await Promise.all(files)).flat()
    },
    isConfirmed: (cell) => kept.get(cell.test.file)?.confirmed.has(nameOfRun(cell)) ?? false,
    causeBefore: former.cause,
    load(records) {
      for (const record of records) {
        if (record.t === 'uses') used.tell(record)
        else takeLoaded(record.file, record.paths, record.outside)
      }
    },
    keepClean(ran, tests, lanes) {
      inputs.takeRecordings()
      keep(ran)
      const runs = Map.groupBy(byUses(ran), ([file]) => file)
      for (const [testFile, own] of Map.groupBy(tests, ({ file }) => file)) {
        // Each of its runs depends on all that the file itself does.
        const [least] = (runs.get(testFile) ?? []).toSorted(([, a], [, b]) => sizeOf(a) - sizeOf(b))
        if (!least) continue
        const uses = least[1]
        const line = { t: 'tests', ...(uses && { uses: uses.id }), tests: own, lanes } as const
        add(testFile, uses, (key) => [{ ...line, key }])
      }
    },
    get isSerial() {
      return readSuite(suiteFile)?.isSerial ?? false
    },
    keepSuite(suite) {
      if (suite) writeWhole(suiteFile, JSON.stringify({ all: inputs.all, ...suite } satisfies KnownSuite))
      else rmSync(suiteFile, { force: true })
    },
    keep,
    keepAgain,
    forget: (cell) => keepAgain(cell, undefined),
    prune(cells, testFiles) {
      const wanted = new Set(cells.map(({ id }) => id))
      const files = new Set(testFiles)
      for (const [testFile, file] of kept) {
        if (files.has(testFile)) file.prune(wanted)
        else removeStored(storedFile(folder, testFile))
      }
      pruneBodies(folder)
      // Where nothing has changed it is not known what was there before.
      const all = [...kept.values()].flatMap(({ lines, resting }) => [...lines, ...resting])
      const contents = all.flatMap((line) => (line.t === 'uses' ? line.modules.map(([, content]) => content) : []))
      known.save(generations.changed === undefined ? undefined : new Set(contents))
    },
  }
}

type Uses = Pick<StoredUses, 'id' | 'modules'>

interface Needed {
  readonly own: readonly Input[]
  readonly outside: boolean
  readonly key: string
  /** The first that was written to since the matrix began. */
  readonly moving: string | undefined
}

function sizeOf(uses: Uses | undefined): number {
  return uses?.modules.reduce((sum, [, , places]) => sum + places.length, 0) ?? Number.POSITIVE_INFINITY
}
