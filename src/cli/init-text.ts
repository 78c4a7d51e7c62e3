import type { Evidence, Skipped } from '../run/init/evidence.ts'
import type { Doubtful, ProposedBoundary } from '../run/init/propose.ts'
import type { ProposedServer } from '../run/init/propose-servers.ts'
import type { Survey } from '../run/init/survey-project.ts'
import { fit, pad, type Paint, painter, printable, widthOf, wrap } from '../run/terminal-text.ts'
import { plural } from '../run/wording.ts'

/** What `mortar init` did besides looking. */
export interface InitOutcome {
  readonly config: string
  readonly text: string
  readonly dryRun: boolean
  readonly replaced: boolean
  /** True when `.mortar/` was added to `.gitignore`. */
  readonly ignored: boolean
  /** Whether the project names this package as a dependency. */
  readonly installed: boolean
}

const shownEvidence = 3
const shownOthers = 6

/** What `mortar init` says. */
export function printInit(
  survey: Survey,
  outcome: InitOutcome,
  { columns: terminal, color }: { columns: number; color: boolean },
): string {
  const paint = painter(color)
  const columns = Math.max(40, Math.min(terminal, 100))
  const { boundaries, servers, unattached, doubtful, skipped } = survey
  const rest = doubtful.filter(({ why }) => !why.startsWith('only in tests'))
  const blocks = [
    headline(survey, paint),
    ...boundaries.map((boundary) => boundaryLines(boundary, columns, paint)),
    ...servers.map((server) => serverLines(server, columns, paint)),
    section(
      'Found, not suggested: no protocol of this version, or no address',
      unattached.map(
        ({ protocol, address, where, why }) =>
          `${pad(protocol, 9)} ${address === '' ? '' : `${address}, `}${where} ${why}`,
      ),
      columns,
      paint,
    ),
    section(
      'Seen, not suggested',
      rest.map((each) => doubtfulLine(each)),
      columns,
      paint,
    ),
    section(
      'Not read',
      skipped.map((each) => skippedLine(each)),
      columns,
      paint,
    ),
    outcome.dryRun
      ? [paint(`${outcome.config} would be`, 'bold'), '', outcome.text.trimEnd()]
      : written(outcome, paint),
    nextSteps(survey, outcome, columns, paint),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function headline({ boundaries, servers, files }: Survey, paint: Paint): string[] {
  const read = `${plural(files, 'file')} read`
  const count = boundaries.length + servers.length
  if (count > 0) {
    return [`${paint(`Found ${plural(count, 'boundary', 'boundaries')}`, 'bold')}, ${read}`]
  }
  return [
    `${paint('Found no boundary', 'bold')}, ${read}`,
    'Add the services that this program calls to the config; a commented line there',
    'shows how. Or let Mortar watch: `mortar run -- COMMAND` lists unknown addresses.',
  ]
}

function boundaryLines(boundary: ProposedBoundary, columns: number, paint: Paint): string[] {
  const { name, origin, aliases, owner, risk, riskReason, env, contract, evidence } = boundary
  const facts = [
    owner,
    risk && `${risk} risk: ${riskReason}`,
    env && `env ${env}`,
    contract && `contract ${contract}`,
  ].filter((fact): fact is string => typeof fact === 'string')
  const origins = [origin, ...aliases].join(', ')
  return [
    `  ${paint(name, 'bold', 'cyan')}  ${fit(printable(origins), columns - 4 - widthOf(name))}`,
    ...(facts.length === 0 ? [] : wrap(printable(facts.join(' · ')), columns - 4).map((line) => `    ${line}`)),
    ...evidenceLines(evidence, columns, paint),
  ]
}

function serverLines(
  { name, protocol, env, migrations, evidence }: ProposedServer,
  columns: number,
  paint: Paint,
): string[] {
  const how = typeof migrations === 'object' ? migrations.command : migrations
  const facts = [`env ${env}`, ...(how === undefined ? [] : [`migrations ${how}`])].join(' · ')
  return [
    `  ${paint(name, 'bold', 'cyan')}  ${fit(`${protocol}, started where no address is given`, columns - 4 - widthOf(name))}`,
    ...wrap(printable(facts), columns - 4).map((line) => `    ${line}`),
    ...evidenceLines(evidence, columns, paint),
  ]
}

function evidenceLines(evidence: readonly Evidence[], columns: number, paint: Paint): string[] {
  const more = evidence.length - shownEvidence
  return [
    ...evidence
      .slice(0, shownEvidence)
      .map(({ where, why }) => paint(`    ${fit(printable(`${where}  ${why}`), columns - 4)}`, 'dim')),
    ...(more > 0 ? [paint(`    and ${plural(more, 'more place')}`, 'dim')] : []),
  ]
}

function section(title: string, lines: readonly string[], columns: number, paint: Paint): string[] {
  if (lines.length === 0) return []
  const more = lines.length - shownOthers
  return [
    paint(title, 'bold'),
    ...lines.slice(0, shownOthers).map((line) => `  ${fit(printable(line), columns - 2)}`),
    ...(more > 0 ? [paint(`  and ${more} more, see --json`, 'dim')] : []),
  ]
}

function doubtfulLine({ origin, where, why }: Doubtful): string {
  return `${origin}, ${where}: ${why}`
}

function skippedLine({ path, why }: Skipped): string {
  return `${path} ${why}`
}

function written({ config, replaced, ignored }: InitOutcome, paint: Paint): string[] {
  return [
    `${paint('✓', 'bold', 'green')} ${replaced ? 'Replaced' : 'Wrote'} ${paint(config, 'bold')}: look through it, the names and risks are guesses`,
    ...(ignored
      ? [`${paint('✓', 'bold', 'green')} Added .mortar/ to .gitignore; cassettes are meant to be committed`]
      : []),
  ]
}

function nextSteps(
  { runner, facts }: Survey,
  { installed, dryRun }: InitOutcome,
  columns: number,
  paint: Paint,
): string[] {
  if (dryRun) return ['Nothing was written. Without --dry-run, `mortar init` writes this file.']
  const run = facts === undefined ? 'mortar' : 'npx mortar'
  const steps = [
    ...(installed ? [] : ['npm install --save-dev mortar']),
    ...(runner.attach === '' ? [] : [runner.attach]),
    `\`${run} check\` runs your tests with the boundaries attached.`,
  ]
  return [
    paint('Next', 'bold'),
    ...steps.flatMap((step, at) =>
      wrap(step, columns - 5).map((line, row) => `  ${row === 0 ? `${at + 1}.` : '  '} ${line}`),
    ),
  ]
}
