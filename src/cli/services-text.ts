import type { OpenService, Services } from '../services/open-services.ts'

/** What was tried for one dependency, a line each, and what a person should know. */
export function triedLines({ name, title, tried, notes, shared }: OpenService): string {
  const head = `${name} (${title})`
  const lines = tried.map(({ rung, used, said }) => `${head}  ${used ? '✓' : '·'} ${rung}: ${said}`)
  const sharing = shared ? [`${head}  ✓ shared with another process that has started it`] : []
  return [...lines, ...sharing, ...notes.map((note) => `${head}  ! ${note}`)].join('\n')
}

/** The variables, as a shell and an `.env` file read them. */
export function servicesLines({ variables }: Services): string {
  return Object.entries(variables)
    .map(
      ([name, value]) => `${name}=${/^[\w:/@.%?&=+,-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}`,
    )
    .join('\n')
}

/** The same for programs. */
export function servicesDocument({ variables, services }: Services): string {
  return JSON.stringify({ variables, services }, null, 2)
}
