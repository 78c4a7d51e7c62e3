import type { BoundaryInput, RecordMode } from '../core/boundary.ts'
import type { RedactionOptions } from '../core/redaction.ts'
import type { AllowRule } from '../matrix/allow.ts'
import type { FailOn } from './matrix/fail-on.ts'
import type { FindingRules } from '../timeline/finding-rules.ts'

/** How `mortar matrix` goes about it. */
export interface MatrixConfig {
  /** Bad verdicts that the team can live with for now, each with a reason and an end. */
  readonly allow?: readonly AllowRule[]
  /** Files of tests that test something else, such as a stand-in: `test/gateway.test.ts`. `*` stands for anything. */
  readonly exclude?: readonly string[]
  /** How long a matrix may take: `60s`, `10m`; default: as long as it takes. */
  readonly budget?: string
  /** What one run of the command may take of memory: `4GiB`, `512MiB`; default: 80 % of what the machine has. */
  readonly memory?: string
  /** What lets it fail: `bad` findings (default), only those that `mortar.accepted.json` does not have (`new`), or `never`. */
  readonly failOn?: FailOn
  /**
   * For commands that are not tests of vitest or `mortar/node-test`, which have `settleBy`: a command that puts in order
   * what a failure has left, such as a nightly job. It is run behind each test, once nothing goes wrong any more.
   */
  readonly settle?: string
  /** Whether fields of the messages that brokers bring are changed too (default: where `--boundary` names their broker). */
  readonly messages?: boolean
  /** Variables of the environment that change what the tests do: results of earlier runs hold only while they are equal. */
  readonly env?: readonly string[]
}

/** What `mortar.config.ts` holds. Everything is optional: an empty config captures in-process. */
export interface Config {
  /** The command that runs the team's own tests; `mortar check` runs it. Default: the `test` script of package.json. */
  readonly test?: string
  /** Named places where this program talks to others. */
  readonly boundaries?: Readonly<Record<string, BoundaryInput>>
  /** Folder of the cassettes, relative to the config file (default `cassettes`). */
  readonly cassettes?: string
  /** Default: `none` when the environment has `CI`, else `once`. `MORTAR_RECORD` overrides it. */
  readonly record?: RecordMode
  /** What happens to a call to an address of no boundary. Default: `error` under CI, else `passthrough`. */
  readonly unknown?: 'error' | 'passthrough'
  /** Hosts that are never unknown. Default: `localhost`, `127.0.0.1`, `::1`. */
  readonly allow?: readonly string[]
  /** `false` turns redaction off; the default is on, with the built-in rules. */
  readonly redact?: RedactionOptions | false
  readonly matrix?: MatrixConfig
  /** What is to be ignored of what the timeline shows, and what of it fails `mortar check`. */
  readonly findings?: FindingRules
}

/** Types a config, and changes nothing. */
export function defineConfig(config: Config): Config {
  return config
}
