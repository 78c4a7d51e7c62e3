import { readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LaunchPlace } from '../driver.ts'

/** The modules of RabbitMQ and of Erlang that a boot script names. */
export interface ErlangModules {
  readonly erl: string
  /** Folder of RabbitMQ's applications. */
  readonly applications: string
  /** Each folder of modules and when it was changed: another script is needed when one has. */
  readonly folders: readonly string[]
}

/** @returns `undefined` where they are not laid out as usual. */
export function erlangModules({ program, find }: LaunchPlace): ErlangModules | undefined {
  const erl = find('erl')
  if (erl === undefined) return undefined
  const applications = join(dirname(program), '..', 'plugins')
  const libraries = join(dirname(realpathSync(erl)), '..', 'lib')
  const folders = [modulesIn(applications), modulesIn(libraries)]
  return folders.some(({ length }) => length === 0) ? undefined : { erl, applications, folders: folders.flat() }
}

function modulesIn(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const changed = statSync(join(folder, name, 'ebin'), { throwIfNoEntry: false })?.mtimeMs
      return changed === undefined ? [] : [`${join(folder, name)} ${changed}`]
    })
  } catch {
    return []
  }
}

/**
 * Erlang that writes a boot script: that of every Erlang system, which loads besides all modules of the applications
 * that RabbitMQ is made of. RabbitMQ looks at each of them before it begins. One by one, each is looked for in some 90
 * folders, and stops the others while it is put in: that takes three times as long as all the rest of a start. What
 * has something to run as it is loaded is left to be loaded later.
 */
export const writeBootScript: string = `
[Applications, Script] = init:get_plain_arguments(),
code:add_pathsz(filelib:wildcard(filename:join([Applications, "*", "ebin"]))),
Needed = fun
  Needed([], Known) -> Known;
  Needed([App | More], Known) ->
    _ = application:load(App),
    case {lists:member(App, Known), application:get_key(App, applications)} of
      {false, {ok, Its}} -> Needed(Its ++ More, [App | Known]);
      _ -> Needed(More, Known)
    end
end,
Apps = Needed([rabbit, mnesia], []),
true = lists:member(rabbit, Apps),
{ok, Usual} = file:read_file(filename:join([code:root_dir(), "bin", "start_sasl.boot"])),
{script, Id, Commands} = binary_to_term(Usual),
{First, Then} = lists:splitwith(fun(Command) -> Command =/= {kernel_load_completed} end, Commands),
There = lists:append([Modules || {Kind, Modules} <- First, Kind =:= preLoaded orelse Kind =:= primLoad]),
IsPlain = fun(File, Module) ->
  case file:read_file(File) of
    {ok, Code} -> not erlang:has_prepared_code_on_load(erlang:prepare_loading(Module, Code));
    _ -> false
  end
end,
More = [begin
  Folder = code:lib_dir(App, ebin),
  {ok, Modules} = application:get_key(App, modules),
  New = [Module || Module <- Modules -- There, IsPlain(filename:join(Folder, atom_to_list(Module) ++ ".beam"), Module)],
  [{path, [Folder]}, {primLoad, New}]
end || App <- Apps],
ok = file:write_file(Script, term_to_binary({script, Id, First ++ lists:append(More) ++ Then})),
halt().
`
