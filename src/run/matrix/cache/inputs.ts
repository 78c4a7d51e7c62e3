import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { realNow } from '../../../core/real-clock.ts'
import { signatureOf } from '../../../protocols/http/webhook/sign-anew.ts'
import type { LoadedConfig } from '../../loaded-config.ts'
import { shellLine } from '../../shell-line.ts'
import type { CommonParts } from './common-change.ts'
import { type FileHashes, openFileHashes } from './file-hashes.ts'
import { filesWithoutOutput } from './own-output.ts'
import { filesIn } from './project-files.ts'

/** What processes have loaded for the tests of one file. */
export interface Loaded {
  /** Absolute paths. */
  readonly paths: ReadonlySet<string>
  /** Something else was started of which nobody knows what it reads: all files of the project count. */
  readonly outside: boolean
}

/** A file, relative to the project, and the hash of its content. */
export type Input = readonly [path: string, hash: string]

/** On what the tests of a project depend. */
export interface ProjectInputs {
  /** Hash of what all of them depend on: configuration, environment, versions, lock file, data. */
  readonly common: string
  /** The same, part by part. */
  readonly commonParts: CommonParts
  /** What the tests of a file depend on besides. */
  of(testFile: string, loaded: Loaded): readonly Input[]
  /** What they depended on is this now. */
  now(testFile: string, before: readonly Input[], outside: boolean): readonly Input[]
  /** Hash of a file of the project as it is now; `absent` when there is none. */
  hashOf(file: string): string
  /** Hash of this Mortar. */
  readonly madeBy: string
  /** Hash of which files there are and what all tests depend on: with the same, no other test can have come. */
  readonly all: string
  /** The tests have been run: what they have recorded for the first time is there from now on. */
  takeRecordings(): void
  /** The first of these, or of what all tests depend on, that was written to since the matrix began. */
  moving(inputs: readonly Input[]): string | undefined
}

/** What the inputs of a matrix are read from. */
export interface InputOptions {
  readonly config: LoadedConfig
  readonly command: string | readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** Programs: what processes load of them is known. */
export const source: RegExp = /\.(?:[cm]?[jt]sx?|vue|svelte)$/
/** What people read, and what Mortar itself writes into a project. */
export const unread: RegExp = /\.(?:md|mdx|log)$|(?:^|\/)(?:LICENSE|\.gitignore|mortar\.accepted\.json)$/
const lockFiles = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']
/** Variables of which programs commonly think nothing and which change what they do all the same. */
const variables = ['NODE_ENV', 'NODE_OPTIONS', 'TZ', 'LANG', 'LC_ALL', 'CI', 'MORTAR_RECORD']

/** The folder of this package: with another Mortar, or another catalogue of faults, nothing holds any more. */
const own = fileURLToPath(new URL('../../..', import.meta.url))

/** Reads what the tests of a project depend on. */
export function readInputs(options: InputOptions): ProjectInputs {
  const { config, startedAt } = options
  const { directory } = config
  const hashes = openFileHashes(startedAt)
  let files = filesWithoutOutput(directory)
  const cassettes = `${relative(directory, config.cassettes).split(sep).join('/')}/`
  const settings = settingFiles(config, files)
  const shared = files.filter(
    (file) => !unread.test(file) && !file.startsWith(cassettes) && (settings.has(file) || !source.test(file)),
  )
  const isRecording = (file: string): boolean => file.startsWith(cassettes)
  let recordings = files.filter(isRecording)
  /** When those were there that the tests of this matrix have made, milliseconds since the epoch. */
  const made = new Map<string, number>()
  const sources = files.filter((file) => source.test(file))
  const madeBy = packageHash(hashes)
  const commonParts = { 'this Mortar': madeBy, ...commonPartsOf(options, shared, hashes) }
  const common = hashOf(commonParts)
  const locked = lockFileOf(directory) !== undefined

  /** A recording of another test file is none of this one's business. */
  function isFor(testFile: string, recording: string): boolean {
    const path = recording.slice(cassettes.length)
    const owner = sources.find((file) => path.startsWith(`${file.replace(/\.[^./]+$/, '')}/`))
    return owner === undefined || owner === testFile
  }

  /** Of many files it is asked again for each run of a test. */
  const paths = new Map<string, string>()
  const names = new Map<string, string | undefined>()
  const pathOf = (file: string): string => kept(paths, file, () => join(directory, file))
  /** `undefined`: something else tells whether it has changed. */
  const nameOf = (path: string): string | undefined =>
    kept(names, path, () =>
      path.startsWith(own) || (locked && path.includes(`${sep}node_modules${sep}`))
        ? undefined
        : relative(directory, path).split(sep).join('/'),
    )

  /** What the tests of a file depend on, besides these files. */
  function inputsOf(testFile: string, needed: readonly string[], outside: boolean): readonly Input[] {
    const wanted = new Set([
      ...recordings.filter((file) => isFor(testFile, file)),
      ...(outside ? files.filter((file) => !unread.test(file)) : []),
      ...needed,
    ])
    return [...wanted].toSorted().map((file) => [file, hashes.of(pathOf(file))])
  }

  return {
    common,
    commonParts,
    madeBy,
    all: hashOf([common, sources]),
    hashOf: (file) => hashes.of(pathOf(file)),
    of(testFile, loaded) {
      const needed = [...loaded.paths].flatMap((path) => nameOf(path) ?? [])
      return inputsOf(testFile, needed, loaded.outside)
    },
    now: (testFile, before, outside) =>
      inputsOf(
        testFile,
        before.map(([file]) => file),
        outside,
      ),
    takeRecordings() {
      const before = new Set(recordings)
      recordings = filesWithoutOutput(directory).filter(isRecording)
      const fresh = recordings.filter((file) => !before.has(file))
      for (const file of fresh) made.set(file, realNow())
      files = [...files, ...fresh]
    },
    moving: (needed) =>
      [...shared, ...needed.map(([file]) => file)].find((file) => hashes.hasChanged(pathOf(file), made.get(file))),
  }
}

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  if (!known.has(key)) known.set(key, make())
  return known.get(key)!
}

/** One string for equal inputs. */
export function keyOf(common: string, inputs: readonly Input[]): string {
  return hashOf([common, inputs])
}

function commonPartsOf(
  { config, command, env }: InputOptions,
  shared: readonly string[],
  hashes: FileHashes,
): CommonParts {
  const { directory, file, cassettes, matrix, ...rest } = config
  const { allow: _allow, budget: _budget, failOn: _failOn, ...settings } = matrix
  const lock = lockFileOf(directory)
  const names = [
    ...variables,
    ...config.boundaries.flatMap(({ input }) =>
      [input.env, signatureOf(input)?.secretEnv].filter((one) => one !== undefined),
    ),
    ...(matrix.env ?? []),
  ]
  return {
    'the version of Node': hashOf([process.version, process.platform, process.arch]),
    'the test command': hashOf(typeof command === 'string' ? command : shellLine(command)),
    ...Object.fromEntries(
      [...new Set(names)].toSorted().map((name) => [`the variable ${name}`, hashOf(env[name] ?? null)]),
    ),
    ...(lock !== undefined && {
      [relative(directory, lock)]: hashes.of(lock),
      [relative(directory, join(dirname(lock), 'package.json'))]: hashes.of(join(dirname(lock), 'package.json')),
    }),
    ...Object.fromEntries(shared.map((path) => [path, hashes.of(join(directory, path))])),
    // Last, as the file that it is in tells more.
    'the config': hashOf([relative(directory, file ?? ''), relative(directory, cassettes), rest, settings]),
  }
}

/** Files that the config names, such as migrations: they count even where they are programs. */
function settingFiles({ directory, file, boundaries }: LoadedConfig, files: readonly string[]): ReadonlySet<string> {
  const named = boundaries.flatMap(({ input }) => textsIn(input)).filter((text) => existsSync(join(directory, text)))
  const folders = named.map((text) => relative(directory, join(directory, text)).split(sep).join('/'))
  const isAll = boundaries.some(({ input }) => hasProgram(input))
  const config = relative(directory, file ?? '')
    .split(sep)
    .join('/')
  return new Set(
    files.filter(
      (one) => isAll || one === config || folders.some((name) => name !== '' && `${one}/`.startsWith(`${name}/`)),
    ),
  )
}

/** Whether a boundary's state is made by a program, of which nobody knows what it reads. */
function hasProgram(input: object): boolean {
  const { seed, migrations } = input as { seed?: unknown; migrations?: { command?: unknown } }
  return typeof seed === 'function' || migrations?.command !== undefined
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function lockFileOf(directory: string): string | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = lockFiles.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined || existsSync(join(folder, '.git')) || dirname(folder) === folder) return found
  }
}

/** Of all that this package does: its version says too little while it is being worked on. */
function packageHash(hashes: FileHashes): string {
  const programs = filesIn(own).filter((file) => /\.[jt]s$/.test(file) && !/\.(?:test|d)\.ts$/.test(file))
  return hashOf(programs.toSorted().map((file) => [file, hashes.of(join(own, file))]))
}

function hashOf(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'function' || part instanceof RegExp ? String(part) : part,
  )
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
