/** Node's `zlib`, loaded when the first compressed body comes: most programs that are attached never see one. */
export function zlib(): typeof import('node:zlib') {
  return process.getBuiltinModule('node:zlib')
}
