import { resolve } from 'node:path'
import { catalogue, faultGroups } from '../../matrix/catalogue.ts'
import { runnerOf } from '../../run/known-runner.ts'
import { loadConfig } from '../../run/load-config.ts'
import type { MatrixDocument } from '../../run/matrix/document.ts'
import { type MatrixOptions, runMatrix } from '../../run/matrix/run-matrix.ts'
import { watchMatrix } from '../../run/matrix/watch-matrix.ts'
import { contractFolder, writeContracts } from '../../run/matrix/contract/write-contracts.ts'
import { type FailOn, failOnWords, failuresOf } from '../../run/matrix/fail-on.ts'
import { acceptedFile, type AcceptedResult, acceptFindings, defaultFailOn } from '../../run/matrix/keep-accepted.ts'
import { plural } from '../../run/wording.ts'
import { matrixJson, writeDocument } from '../../run/matrix/keep-document.ts'
import { textOption } from '../arguments.ts'
import { budgetOf } from '../budget.ts'
import type { Command, OptionValues } from '../command.ts'
import { findCell, noSuchCell } from '../find-cell.ts'
import { exportMatrix, exportOptions } from '../matrix-exports.ts'
import { matrixProgress } from '../matrix-progress.ts'
import { printSince, type Told, toldAfter } from '../matrix-since.ts'
import { printMatrix } from '../matrix-text.ts'
import { printError } from '../print-error.ts'
import { triedLines } from '../services-text.ts'
import { shortPath } from '../short-path.ts'
import { testCommand } from '../test-command.ts'
import { unknownName, unknownWord, usageError } from '../usage-error.ts'
import { interrupted, waits, watchAgain } from '../watch-again.ts'

/** How many faults are named where one was misspelt. */
const shownFaults = 4

/** What the code does when the other side misbehaves. */
export const command: Command = {
  name: 'matrix',
  summary: 'run your tests with one thing going wrong at a time, and judge what that led to',
  usage: 'matrix [--test NAME] [--boundary NAME] [--fault NAME] [--cell ID] [--watch] [-- COMMAND...]',
  takesCommand: true,
  options: {
    test: { type: 'string', single: true, value: 'NAME', help: 'only tests whose name contains this' },
    boundary: { type: 'string', single: true, value: 'NAME', help: 'only faults at this boundary' },
    fault: { type: 'string', single: true, value: 'NAME', help: 'only this fault' },
    cell: { type: 'string', single: true, value: 'ID', help: 'only this cell: one fault at one exchange of one test' },
    budget: { type: 'string', value: 'TIME', help: 'stop after this time: 60s, 10m (default: when all is done)' },
    baseline: { type: 'string', value: 'N', help: 'clean runs of each test before anything goes wrong (default: 3)' },
    'no-cache': { type: 'boolean', help: 'run everything, also what nothing has changed about since the last time' },
    watch: {
      type: 'boolean',
      help: 'stay, and run again what each change has an effect on: servers and workers stay too',
    },
    accept: { type: 'boolean', help: 'keep the findings in mortar.accepted.json: they are new no longer' },
    contracts: { type: 'string', value: 'DIR', help: `where proved contracts go (default: ${contractFolder})` },
    ...exportOptions,
    'fail-on': {
      type: 'string',
      value: 'WHEN',
      help: 'exit 1 on `bad` findings, on `new` ones that are not accepted (default once some are), or `never`',
    },
  },
  details: [
    'Takes the `test` command of the config, or COMMAND. Each test runs once more for each fault at each kind of exchange;',
    'what it changed at all boundaries is compared with a clean run. With the vitest plugin and with mortar/node-test that',
    'happens within the processes that have the tests; any other command is run once per fault, as a whole or by the tests that it tells of.',
    'Bad verdicts are seen twice before they are reported. Writes .mortar/matrix.json and .mortar/matrix.html,',
    'and for each boundary over HTTP what the program was proved to need of it, as a Pact and as JSON Schema.',
    ...faultGroups.map(([where, faults]) => `\n${where}: ${faults.map(({ name }) => name).join(', ')}.`),
  ].join('\n'),
  examples: [
    'mortar matrix',
    'mortar matrix -- pytest',
    "mortar matrix --fault 'reply lost'",
    'mortar matrix --watch',
    'mortar matrix --accept',
    'mortar matrix --budget 60s --fail-on new',
  ],
  async run({ args, values, rest, cwd, env, json, color, columns, out, progress }) {
    if (values['watch'] === true) checkWatch(values, json)
    const config = await loadConfig({ directory: cwd, file: textOption(values, 'config'), env })
    const failOn = checkedFailOn(
      textOption(values, 'fail-on') ?? config.matrix.failOn ?? defaultFailOn(config.directory),
    )
    const names = config.boundaries.map(({ name }) => name)
    const narrow = narrowedBy(values, names)
    const command = testCommand(config, rest)
    const cell = textOption(values, 'cell')
    const known = cell === undefined ? undefined : findCell(cell, { config, command, progress })
    const accepts = values['accept'] === true
    let say = matrixProgress(progress)
    let told: Told | undefined
    let kept: string | undefined
    const options: MatrixOptions = {
      config,
      command,
      env,
      baseline: checkedCount(textOption(values, 'baseline')),
      narrow,
      ...budgetOf(textOption(values, 'budget') ?? config.matrix.budget),
      ...(known && { only: [known.test], known }),
      cache: values['no-cache'] !== true,
      onProgress: (line) => progress(`mortar: ${line}`),
      onReady: (service) => progress(triedLines(service)),
      // One cell alone says nothing of the others.
      ...(cell === undefined && {
        onDocument: async (document) => {
          say(document)
          kept = await writeDocument(config.directory, document)
        },
      }),
    }

    function printed(document: MatrixDocument, isAccepted: boolean): string {
      const hasBudget = options.budgetMs !== undefined
      const how = { color, columns, report: kept && shortPath(kept, cwd), hasBudget }
      // Who watches has read the rest.
      if (told && document.state === 'finished' && document.cells.length > 0) return printSince(told, document, how)
      return printMatrix(document, {
        ...how,
        command: rest,
        inFull: cell !== undefined,
        accepts: isAccepted,
        isPlain: runnerOf(document.command, config.directory) === undefined,
        wanted: textOption(values, 'test'),
      })
    }

    /** @returns The exit code. */
    async function show(shown: MatrixDocument): Promise<number> {
      if (cell !== undefined && shown.cells.length === 0 && shown.state === 'finished') {
        throw noSuchCell(cell)
      }
      const result = accepts && shown.state === 'finished' ? acceptFindings(config.directory, shown) : undefined
      const document = result?.document ?? shown
      if (result && kept !== undefined) await writeDocument(config.directory, document)
      if (cell === undefined && document.state === 'finished') {
        const folder = resolve(cwd, textOption(values, 'contracts') ?? resolve(config.directory, contractFolder))
        const files = writeContracts(config.directory, folder, document.contracts)
        if (files.length > 0) progress(`mortar: what was proved to be needed is in ${shortPath(folder, cwd)}`)
      }
      if (json) out(matrixJson(document))
      else out(`\n${printed(document, result !== undefined)}`)
      await exportMatrix(document, config.directory, { values, cwd, env, progress })
      if (result) progress(acceptedLine(result))
      if (document.state === 'interrupted') return interrupted
      return failuresOf(document, accepts ? 'new' : failOn).length > 0 ? 1 : 0
    }

    if (values['watch'] !== true) return show(await runMatrix(options))
    const changed = await watchMatrix(options, {
      async onShown(document) {
        await show(document)
        if (document.cells.length > 0) told = toldAfter(told, document)
        say = matrixProgress(progress)
      },
      onProblem: (problem) => progress(printError(problem, { json: false, color, env })),
      onWaiting: () => progress(waits),
      onChanged: (files) => progress(`\nmortar: ${someOf(files)} changed`),
    })
    if (changed === undefined) return interrupted
    progress(`mortar: ${changed}, so all begins anew`)
    return watchAgain([...process.execArgv, process.argv[1]!, 'matrix', ...args], { cwd, env, progress })
  },
}

/** How many files are named that have changed. */
const shownFiles = 3

function someOf(files: readonly string[]): string {
  const more = files.length > shownFiles ? `, and ${files.length - shownFiles} more` : ''
  return `${files.slice(0, shownFiles).join(', ')}${more}`
}

/** What is watched is what `mortar matrix` shows of all that is known. */
function checkWatch(values: OptionValues, json: boolean): void {
  const other = ['cell', 'accept', 'no-cache'].find((name) => values[name] !== undefined)
  if (other === undefined && !json) return
  throw usageError(`--watch does not go with --${other ?? 'json'}`, 'Leave one of them out.')
}

function acceptedLine({ all, added, dropped, document }: AcceptedResult): string {
  const changes = [`${added} new`, ...(dropped > 0 ? [`${dropped} taken out`] : [])].join(', ')
  const kept = document.isWhole ? '' : '; what was accepted before stays, as not everything was tried'
  return `mortar: ${plural(all, 'finding')} in ${acceptedFile}, ${changes}${kept}`
}

function narrowedBy(values: OptionValues, boundaries: readonly string[]): Record<string, string> {
  const names = ['test', 'boundary', 'fault', 'cell'] as const
  const found = names.flatMap((name) => {
    const value = textOption(values, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const narrow = Object.fromEntries(found) as Record<string, string>
  const faults = catalogue.map(({ name }) => name)
  const { fault, boundary } = narrow
  if (fault !== undefined && !faults.includes(fault)) throw unknownName('fault', fault, faults, shownFaults)
  if (boundary !== undefined && !boundaries.includes(boundary)) throw unknownName('boundary', boundary, boundaries)
  return narrow
}

function checkedCount(text = '3'): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 100) {
    throw usageError(`\`${text}\` is no number of clean runs`, 'Write a number from 1 to 100.')
  }
  return count
}

function checkedFailOn(text: string): FailOn {
  const found = failOnWords.find((word) => word === text)
  if (found !== undefined) return found
  throw unknownWord('value of --fail-on', text, failOnWords, 'mortar matrix --help')
}
