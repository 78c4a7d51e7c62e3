/**
 * Evaluated before all else of Mortar by whatever node loads first, so it must run on nodes that are far too old: it
 * imports nothing, and what imports it must not be joined to what those nodes cannot load.
 */
const oldest = [22, 18] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/** What to say when this node is too old, else `undefined`; has the fields of a `MortarError`, whose class may not load. */
export const nodeTooOld: Error | undefined =
  major > oldest[0] || (major === oldest[0] && minor >= oldest[1]) ? undefined : tooOld()

function tooOld(): Error {
  const code = 'MORTAR_NODE_TOO_OLD'
  const reason = `Mortar needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}`
  const hint =
    'Give the project a newer Node of its own, `npm i -D node@24`, and start things by `npx` or npm scripts, which use it.'
  const error = Object.assign(new Error(`${code}  ${reason}\n→ ${hint}`), { name: 'MortarError', code })
  // Where in here it was made says nothing.
  error.stack = `${error.name}: ${error.message}`
  for (const [name, value] of Object.entries({ reason, hint })) Object.defineProperty(error, name, { value })
  return error
}
