import { MortarError } from '../../core/errors.ts'
import type { OpenService, Services } from '../../services/open-services.ts'
import { textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { servicesDocument, servicesLines, triedLines } from '../services-text.ts'
import { untilStopped } from '../until-stopped.ts'

/** `mortar up` */
export const command: Command = {
  name: 'up',
  summary: 'start the real dependencies of the config',
  usage: 'up [NAME...] [-- COMMAND...]',
  takesCommand: true,
  takesNames: true,
  options: {},
  details: [
    'Gets each dependency (postgres, mysql, redis, rabbitmq, nats, mqtt) in the first way that there is: at the address',
    'that its variable holds, from a program on this machine, in a container, embedded. What was tried is said. Prints a',
    'line NAME=ADDRESS for each, and keeps them until Ctrl-C; with COMMAND, until that has ended, with the variables set.',
    'Processes of one project share its servers; when the last one is gone, nothing is left.',
  ].join('\n'),
  examples: ['mortar up', 'mortar up orders', 'mortar up -- npm run dev'],
  async run(context) {
    const { values, positionals, rest, cwd, env, json, out, progress } = context
    const { loadConfig } = await import('../../run/load-config.ts')
    const { openConfigServices, startableBoundaries } = await import('../../run/services-of-config.ts')
    const config = await loadConfig({ directory: cwd, file: textOption(values, 'config'), env })
    if (startableBoundaries(config).length === 0) {
      throw new MortarError('MORTAR_USAGE', 'the config declares no dependency that can be started', {
        where: config.file ?? config.directory,
        hint: "Add one under `boundaries`, such as `orders: postgres({ env: 'DATABASE_URL' })`.",
      })
    }
    const stopped = untilStopped()
    let services: Services | undefined
    // While they are started there is nothing to close: the keepers see that we are gone.
    void stopped.promise.then(() => services ?? process.exit(130))
    try {
      const onReady = (service: OpenService): void => progress(triedLines(service))
      services = await openConfigServices(config, { names: positionals, env, onReady })
      const { variables } = services
      if (rest.length > 0) {
        stopped.ignore()
        const { runCommand } = await import('../../run/run-command.ts')
        const { watchSignals } = await import('../../run/watch-signals.ts')
        const output = json ? 'stderr' : 'inherit'
        const signals = watchSignals()
        const { code } = await runCommand({ command: rest, cwd, env: { ...env, ...variables }, output, signals })
        signals.stop()
        if (json) out(servicesDocument(services))
        return code
      }
      out(json ? servicesDocument(services) : servicesLines(services))
      progress('mortar: all are up; Ctrl-C ends them')
      await stopped.promise
      return 0
    } finally {
      await services?.close()
      stopped.ignore()
    }
  },
}
