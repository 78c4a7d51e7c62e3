import { resolve } from 'node:path'
import type { FaultProxies } from '../../run/fault-proxy/open-fault-proxies.ts'
import { printable } from '../../run/terminal-text.ts'
import { textOption } from '../arguments.ts'
import type { Command, OptionValues } from '../command.ts'
import { printResult } from '../output.ts'
import { untilStopped } from '../until-stopped.ts'
import { unexpectedPositional, usageError } from '../usage-error.ts'

/** `mortar proxy` */
export const command: Command = {
  name: 'proxy',
  summary: 'put faults between programs, steered over HTTP',
  usage: 'proxy [options]',
  options: {
    host: { type: 'string', value: 'HOST', help: 'listen on this address (default 127.0.0.1)' },
    port: { type: 'string', value: 'PORT', help: 'port of the admin API, 0 for a free one (default 8474)' },
    seed: { type: 'string', value: 'NUMBER', help: 'of all that is left to chance (default 1)' },
  },
  details: [
    'Stands between a program and its servers and disturbs what passes. The admin API is that of Toxiproxy 2, so its',
    'clients work as they are; a proxy may also name the `protocol` that it carries (postgres, mysql, redis, amqp, nats, mqtt), and',
    'then take toxics that speak it, such as `sqlstate` or `lost_answer`.',
    '',
    "With --config FILE it begins with the proxies of that file, a JSON array as Toxiproxy's. Runs until Ctrl-C.",
  ].join('\n'),
  examples: ['mortar proxy', 'mortar proxy --port 0 --config toxiproxy.json'],
  async run(context) {
    const { values, positionals, cwd, progress } = context
    unexpectedPositional('proxy', positionals)
    const port = wholeNumber(values, 'port', 8474, 65_535)
    const seed = wholeNumber(values, 'seed', 1, 0xffff_ffff)
    const file = textOption(values, 'config')
    const { openFaultProxies } = await import('../../run/fault-proxy/open-fault-proxies.ts')
    const stopped = untilStopped()
    let opened: FaultProxies | undefined
    try {
      opened = await openFaultProxies({
        host: textOption(values, 'host') ?? '127.0.0.1',
        port,
        seed,
        warn: (line) => progress(`mortar: ${printable(line)}`),
        ...(file !== undefined && { file: resolve(cwd, file) }),
      })
      const { url, proxies } = opened
      printResult(context, { url, proxies }, () => lines(opened!).join('\n'))
      progress('mortar: Ctrl-C ends it')
      await stopped.promise
      return 0
    } finally {
      await opened?.close()
      stopped.ignore()
    }
  },
}

function lines({ url, proxies }: FaultProxies): string[] {
  const shown = Object.values(
    proxies as Record<string, { name: string; listen: string; upstream: string; enabled: boolean }>,
  )
  return [
    `admin API at ${url}`,
    ...shown.map(
      ({ name, listen, upstream, enabled }) => `${name}: ${listen} → ${upstream}${enabled ? '' : ' (disabled)'}`,
    ),
  ]
}

function wholeNumber(values: OptionValues, name: string, otherwise: number, most: number): number {
  const text = textOption(values, name)
  if (text === undefined) return otherwise
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text)
  throw usageError(`\`--${name}\` is not valid`, `It is a whole number from 0 to ${most}.`)
}
