import { MortarError } from '../../core/errors.ts'
import type { TestTimeline } from '../../run/timeline/tests-of-run.ts'
import { textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { printResult } from '../output.ts'
import { printTestList, printTestTimeline, timelineDocument } from '../timeline-text.ts'
import { unexpectedPositional, unknownWord, usageError } from '../usage-error.ts'

/** `mortar timeline` */
export const command: Command = {
  name: 'timeline',
  summary: 'show what a test asked across its boundaries, in order',
  usage: 'timeline [--test NAME] [--run ID]',
  options: {
    test: { type: 'string', value: 'NAME', help: 'the test: its name, or a part of it' },
    run: { type: 'string', value: 'ID', help: 'a run below .mortar/runs (default: the last one)' },
  },
  details: [
    'Prints statements, requests and messages as the services got them, with what came back and how long it took; loops',
    'are one line. Without --test, the tests of the run are listed, and those that failed are shown.',
  ].join('\n'),
  examples: ['mortar timeline', "mortar timeline --test 'places an order'", 'mortar timeline --json | jq .tests'],
  async run(context) {
    const { positionals, values, cwd, env } = context
    unexpectedPositional('timeline', positionals)
    const { loadConfig } = await import('../../run/load-config.ts')
    const { listRuns } = await import('../../store/runs.ts')
    const { testsOfRun } = await import('../../run/timeline/tests-of-run.ts')
    const config = await loadConfig({ directory: cwd, file: textOption(values, 'config'), env })
    const runs = listRuns(config.directory)
    const wanted = textOption(values, 'run')
    const run = wanted === undefined ? runs.at(-1) : runs.find(({ id }) => id === wanted)
    if (!run) {
      const ids = runs.map(({ id }) => id)
      if (wanted !== undefined && ids.length > 0) throw unknownWord('run', wanted, ids, 'mortar timeline --help')
      throw new MortarError('MORTAR_USAGE', 'no run is kept here yet', {
        where: config.directory,
        hint: '`mortar check` runs your tests and keeps what crossed.',
      })
    }
    const tests = await testsOfRun(run, config)
    const name = textOption(values, 'test')
    const chosen = name === undefined ? undefined : choose(tests, name)
    printResult(context, { run: run.id, tests: (chosen ?? tests).map(timelineDocument) }, () => {
      if (chosen) return chosen.map((test) => printTestTimeline(test, context)).join('\n')
      const failed = tests.filter(({ state }) => state === 'failed' || state === 'unfinished')
      const shown = failed.length > 0 ? failed : tests.length === 1 ? tests : []
      const parts = shown.map((test) => printTestTimeline(test, context))
      return [...(tests.length === 1 ? [] : [printTestList(tests, run.id, context)]), ...parts].join('\n')
    })
    return 0
  },
}

/** Those of exactly this name, else those whose file and name contain it. @throws MortarError `MORTAR_USAGE` */
function choose(tests: readonly TestTimeline[], name: string): readonly TestTimeline[] {
  const full = ({ test }: TestTimeline): string => (test ? [test.file, test.name].filter(Boolean).join(' > ') : '')
  const exact = tests.filter((each) => each.test?.name === name || full(each) === name)
  const found = exact.length > 0 ? exact : tests.filter((each) => full(each).toLowerCase().includes(name.toLowerCase()))
  if (found.length > 0) return found
  const known = tests.flatMap(({ test }) => test?.name ?? [])
  if (known.length === 0) throw usageError('this run knows no tests', 'Leave out `--test` to see all that crossed.')
  throw unknownWord('test', name, known, 'mortar timeline')
}
