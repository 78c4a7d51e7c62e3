import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/matrix/catalogue.ts'
import { printedJson, project, repository } from '../support/project.ts'

const commands = ['init', 'map', 'check', 'run', 'proxy', 'record', 'import', 'export']

interface PrintedError {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string; readonly stack?: string }
}

describe('mortar', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('shows all commands for %j', async (args) => {
    const { code, stdout, stderr } = await project().mortar(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  })

  it.each(commands)('explains %s the same way for `help` before and `--help` after it', async (name) => {
    const here = project()
    const [before, after] = await Promise.all([here.mortar(['help', name]), here.mortar([name, '--help'])])
    expect(before).toEqual(after)
    expect(before.code).toBe(0)
    expect(before.stdout).toContain(`mortar ${name}`)
    expect(before.stdout).toContain('--json')
  })

  it('fits every help into 80 columns', async () => {
    const here = project()
    for (const args of [['help'], ...commands.map((name) => ['help', name])]) {
      const { stdout } = await here.mortar(args)
      const wide = stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  '))
      expect(wide, args.join(' ')).toEqual([])
    }
  })

  it('says its version, also as JSON', async () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }
    expect((await project().mortar(['--version'])).stdout).toBe(`${version}\n`)
    expect(JSON.parse((await project().mortar(['--version', '--json'])).stdout)).toEqual({ version })
  })

  it.each([
    [['inti'], 'unknown command `inti`', 'Did you mean `init`?'],
    [['map', '--jsn'], 'unknown option `--jsn`', 'Did you mean `--json`?'],
    [['--verison'], 'unknown option `--verison`', 'Did you mean `--version`?'],
    [['init', 'here'], '`mortar init` has no use for `here`', '--help'],
    [['init', '--force=yes'], '`--force` takes no value', 'Leave out'],
    [['export', 'har', '--out'], '`--out` needs a value', '--out=FILE'],
    [['export', 'har', '--out', '--json'], '`--out` needs a value', '--out=FILE'],
    [['export', 'postman'], 'unknown format `postman`', '--help'],
    [['constructor'], 'unknown command `constructor`', '--help'],
    [['map', '--constructor'], 'unknown option `--constructor`', '--help'],
    [['import'], 'say which format and which files', 'mortar import auto'],
    [['import', 'nokc', 'a.json'], 'unknown format `nokc`', 'Did you mean `nock`?'],
    [['run', 'echo', 'hi'], '`mortar run` takes its command after `--`', 'Write `mortar run -- echo hi`.'],
    [
      ['check', '--json', 'vitest', '--run'],
      '`mortar check` takes its command after `--`',
      'mortar check --json -- vitest --run',
    ],
    [['run', 'echo', '--', 'hi'], '`mortar run` has no use for `echo`', '--help'],
    [['run', '--'], 'there is no command to run', 'mortar run -- COMMAND'],
    [['record', '--mode', 'al'], '`--mode` is not valid', 'all or new'],
    [['proxy', '--port', 'http'], '`--port` is not valid', '0 to 65535'],
    [['proxy', '--seed=x'], '`--seed` is not valid', 'whole number'],
    [['matrix', '--fault', '503', '--fault', '500'], '`--fault` is there more than once', 'Leave out all but one.'],
    [['matrix', '--boundry', 'pay'], 'unknown option `--boundry`', 'Did you mean `--boundary`?'],
    [['matrix', '--fault', 'reply lots'], 'unknown fault `reply lots`', 'The nearest are `reply lost`, '],
    [['proxy', 'orders'], '`mortar proxy` has no use for `orders`', '--help'],
    [['import', 'a.har'], 'the first word must be a format', 'mortar import auto a.har'],
  ])('exits 2 for %j and says what is meant', async (args, message, hint) => {
    const { code, stdout, stderr } = await project().mortar(args)
    expect(code).toBe(2)
    if (args.includes('--json')) expect((JSON.parse(stdout) as PrintedError).error.message).toContain(message)
    else {
      expect(stdout).toBe('')
      expect(stderr).toContain(`MORTAR_USAGE  ${message}`)
      expect(stderr).toContain(hint)
    }
  })

  it('lists the boundaries of the config for one that is unknown, the nearest first', async () => {
    const config = "export default { boundaries: { mail: http('1.test'), bank: http('2.test') } }"
    const http = "const http = (host) => ({ protocol: 'http', origin: 'https://' + host })\n"
    const { code, stderr } = await project({ config: http + config }).mortar(['matrix', '--boundary', 'bnk'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('There are `bank`, `mail`.')])
  })

  it('names all faults in the help of the matrix', async () => {
    const { stdout } = await project().mortar(['matrix', '--help'])
    const said = stdout.replaceAll(/\s+/g, ' ')
    for (const { name } of catalogue) expect(said).toContain(name)
  })

  it('says which folder cannot be written to', async () => {
    const { code, stderr } = await project({ files: { '.mortar': '' } }).mortar(['matrix', '--', 'true'])
    expect([code, stderr]).toEqual([3, expect.stringContaining('MORTAR_WRITE_FAILED  cannot write')])
  })

  it('prints an error as one JSON document on stdout under --json', async () => {
    const { code, stdout, stderr } = await project().mortar(['inti', '--json'])
    const { error } = JSON.parse(stdout) as PrintedError
    expect({ code, stderr, error: error.code }).toEqual({ code: 2, stderr: '', error: 'MORTAR_USAGE' })
    expect(error.hint).toContain('init')
  })

  it('exits 3 for a config that cannot be loaded, and names it', async () => {
    const { code, stderr } = await project({ config: 'export default {' }).mortar(['map'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/^MORTAR_CONFIG_UNREADABLE {2}/)
    expect(stderr).toContain('mortar.config.mjs')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it.each([
    ['cannot be read', 'export default {\n  a: 1\n  b: 2\n}', 3],
    ['fails', 'const none = undefined\nexport default { test: none.test }', 2],
  ])('names the line of a config that %s', async (_, config, line) => {
    const { stderr } = await project({ config }).mortar(['map'])
    expect(stderr).toMatch(new RegExp(`where: .*mortar\\.config\\.mjs:${line}$`, 'm'))
  })

  it('calls what nobody expected a bug, with the stack only for MORTAR_DEBUG', async () => {
    const config = "export default { get boundaries() { throw new TypeError('odd') } }"
    const here = project({ config })
    const quiet = await here.mortar(['map'])
    expect(quiet.code).toBe(3)
    expect(quiet.stderr).toMatch(/^MORTAR_INTERNAL {2}.*odd\n→ .*report/)
    expect(quiet.stderr).not.toMatch(/^\s+at /m)
    expect((await here.mortar(['map'], { env: { MORTAR_DEBUG: '1' } })).stderr).toMatch(/^\s+at /m)
    expect(printedJsonOf(await here.mortar(['map', '--json'])).error.code).toBe('MORTAR_INTERNAL')
  })

  it('colours only where it is wanted', async () => {
    const here = project()
    const escape = '\u001b['
    expect((await here.mortar(['help'])).stdout).not.toContain(escape)
    expect((await here.mortar(['help'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).stdout).toContain(escape)
    expect((await here.mortar(['inti'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).stderr).toContain(escape)
    expect((await here.mortar(['help'], { env: { FORCE_COLOR: '0' } })).stdout).not.toContain(escape)
  })

  it.skipIf(process.platform === 'win32')('is quiet when its reader stops reading', () => {
    const { directory } = project()
    const main = join(repository, 'dist/cli/main.js')
    const script = `"${process.execPath}" "${main}" help | true; exit \${PIPESTATUS[0]}`
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: directory, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('exits 130 on Ctrl-C', async () => {
    const config =
      "process.stderr.write('waiting\\n')\nawait new Promise((done) => setTimeout(done, 60_000))\nexport default {}"
    const here = project({ config })
    const running = here.start(process.execPath, [join(repository, 'dist/cli/main.js'), 'map'])
    await running.said('waiting')
    running.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
  })
})

function printedJsonOf(ran: Parameters<typeof printedJson>[0]): PrintedError {
  return JSON.parse(ran.stdout) as PrintedError
}
