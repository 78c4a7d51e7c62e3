/** Every failure Mortar reports on purpose: a stable code and what to do about it. `docs/errors.md` lists exactly these. */
export const errorHints = {
  MORTAR_CONFIG_UNKNOWN_KEY: 'Correct the key; the nearest known one is named in the message.',
  MORTAR_CONFIG_INVALID: 'Correct the value in the config file; the message says what is expected.',
  MORTAR_CONFIG_UNREADABLE: 'Correct the config file so that it can be loaded, or pass another one with `--config`.',
  MORTAR_CONTRACT_UNREADABLE: 'Check that `contract` names an OpenAPI file with paths, relative to the config file.',
  MORTAR_BOUNDARY_CONFLICT: 'Give each boundary an address of its own, or merge the two into one boundary.',
  MORTAR_BOUNDARY_UNUSED: 'Check the address of the boundary; nothing in this run asked it anything.',
  MORTAR_MISS: 'Record the exchange (`MORTAR_RECORD=new`), or correct what the test asks.',
  MORTAR_UNKNOWN_DESTINATION:
    "Add a boundary for this address, add its host to `allow`, or set `unknown: 'passthrough'`.",
  MORTAR_CASSETTE_UNREADABLE: 'Restore the file from version control, or delete it and record it again.',
  MORTAR_CASSETTE_VERSION: 'This file was written by a newer Mortar: update the package, or record the file again.',
  MORTAR_CASSETTE_BODY_MISSING: 'Restore the body file from version control, or record the cassette again.',
  MORTAR_CASSETTE_STALE: 'Record it again with `mortar record`, or raise `refreshEvery` for this boundary.',
  MORTAR_RECORDING_CUT: 'Record it again with a test that reads the whole answer, or does not read it at all.',
  MORTAR_NOT_SAVED:
    'Mend the test; what it recorded is in the journal of the run, and is recorded again when it passes.',
  MORTAR_SECRET_DETECTED: 'Add a redaction rule for the value, or list it under `redact.allow` if it is not a secret.',
  MORTAR_IMPORT_UNREADABLE: 'Check that the file is whole and of the named format.',
  MORTAR_IMPORT_UNSUPPORTED: 'Convert the file first, or leave out the entries named in the message.',
  MORTAR_PORT_IN_USE: 'Free the port, or leave `port` out to get a free one.',
  MORTAR_LISTEN_FAILED: 'Choose an address of this machine, and a port above 1023.',
  MORTAR_PROXY_REQUEST:
    'Point only HTTP_PROXY and HTTPS_PROXY of the program at the proxy; it understands nothing but proxy requests.',
  MORTAR_PROXY_LOOP: 'Take the address of the proxy out of what the program connects to.',
  MORTAR_CLIENT_TLS:
    'Let the program trust `.mortar/ca/ca.pem`, or leave the host alone by not declaring a boundary for it.',
  MORTAR_CLIENT_PROTOCOL: 'Look which program has this address, and what it takes it for.',
  MORTAR_SERVER_TLS:
    'Say in the address how the server is reached: `rediss://`, `amqps://`, `sslmode=require`; or do not.',
  MORTAR_CA_UNUSABLE: 'Delete the folder `.mortar/ca`; it is made again by the next run.',
  MORTAR_UPSTREAM_UNREACHABLE:
    'Check that the service is running at this address; nothing was recorded for it but the failure.',
  MORTAR_UPSTREAM_TIMEOUT:
    'The service did not answer in time; raise `timeoutMs` for this boundary if that is expected.',
  MORTAR_UPSTREAM_RESET: 'The service closed the connection; the failure was recorded as it happened.',
  MORTAR_UPSTREAM_MALFORMED:
    'The service sent bytes that are not valid for its protocol; the failure was recorded as it happened.',
  MORTAR_COMMAND_NOT_FOUND: 'Check the spelling of the command, and that it is installed.',
  MORTAR_USAGE: 'Run `mortar --help` to see the commands and their options.',
  MORTAR_TEST_COMMAND_FAILED: 'Run the test command alone and mend what it reports.',
  MORTAR_TEST_FAILED: 'Run the test alone; its timeline in the report shows what it asked and got.',
  MORTAR_TEST_UNFINISHED: 'Look for a crash or a `process.exit` in the test; an unfinished test proves nothing.',
  MORTAR_TEST_RETRIED: 'Find out why the first attempt failed; a test that needs a retry cannot be relied on.',
  MORTAR_PLUGIN_MISSING:
    "Add `plugins: [mortar()]` from 'mortar/vitest' to the vitest config, or import `test` from 'mortar/node-test'.",
  MORTAR_VACUOUS: 'Check that the test command finds its tests, and that they run with the boundaries attached.',
  MORTAR_NODE_TOO_OLD:
    'Give the project a newer Node of its own, `npm i -D node@24`, and start things by `npx` or npm scripts, which use it.',
  MORTAR_INTERNAL:
    'This is a bug in Mortar: report it with what `MORTAR_DEBUG=1` prints when you run the command again.',
  MORTAR_SERVICE_UNAVAILABLE: 'Install the server, start a container engine, or set the variable to a running one.',
  MORTAR_SERVICE_VERSION: 'Install the wanted version, start a container engine, or change `version` of the boundary.',
  MORTAR_SERVICE_FAILED: 'Read what the server said last; `settings` of the boundary go to it as they are.',
  MORTAR_SERVICE_TIMEOUT: 'See whether the machine is overloaded; the server was ended, nothing is left running.',
  MORTAR_DISK_FULL: 'Free some space; servers keep their data in memory (/dev/shm) or among the temporary files.',
  MORTAR_COMPOSE_UNREADABLE: 'Correct the Compose file, or name what you need in the boundary: `version`, `settings`.',
  MORTAR_POSTGRES_FAILED: 'Check the address, the user and its rights: it must log in, create databases and drop them.',
  MORTAR_MYSQL_FAILED: 'Check the address, the user and its rights: it must log in, create schemas and end sessions.',
  MORTAR_MIGRATION_FAILED: 'Mend the migration or the seed; the statement that failed and its error are named.',
  MORTAR_LEFT_BEHIND: 'Let the test wait for what it has begun: commit, roll back, acknowledge, close.',
  MORTAR_WRITTEN_OUTSIDE:
    'Put it into `migrations` or `seed` of the boundary, or write it in the test or in `beforeEach`.',
  MORTAR_FAULT_UNREACHED:
    'Correct what the fault is to strike, or make the test go there; as it is, it proves nothing.',
  MORTAR_ACCEPTED_UNREADABLE:
    'Restore `mortar.accepted.json` from version control, or delete it and run `mortar matrix --accept`.',
  MORTAR_MATRIX_NO_TESTS:
    'See in its log what the command did; programs must reach the boundaries through the variables that these name with `env`.',
  MORTAR_NOT_AWAITED: 'Read what was seen instead; raise `withinMs` if it may take longer.',
  MORTAR_VOLUME_REFUSED: 'Give an expression of SQL for the column under `volume`.',
  MORTAR_PIN_REFUSED: "Use `isolation: 'swap'` for this boundary, or change what the test does.",
  MORTAR_RULE_EXPIRED: 'Mend what the rule was for and take it out of `findings.ignore`, or give it another day.',
  MORTAR_WRITE_FAILED: 'Check the permissions and the free space of the folder.',
} as const

/** The stable name of a failure; match on it rather than on the message. */
export type ErrorCode = keyof typeof errorHints
