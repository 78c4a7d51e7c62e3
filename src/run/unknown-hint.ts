import { splitOrigin } from './address-book.ts'
import { nameOfHost } from './init/name-boundary.ts'

/**
 * What to do about a call to an address of no boundary: the line that declares one, ready to be pasted.
 *
 * @param address - Origin as it was asked: `https://rates.example.com`, `tcp://mail.example.com:25`.
 */
export function unknownHint(address: string): string {
  const { scheme, host, port } = splitOrigin(address)
  // A socket does not say what is spoken over it; these ports do.
  const web = scheme === 'tcp:' && port === 80 ? `http://${host}` : address
  const protocol = /^https?:/.test(web) ? 'http' : 'tcp'
  const line = `${nameOfHost(host)}: ${protocol}({ origin: '${web}' }),`
  return `Add \`${line}\` to the boundaries of the config, add \`${host}\` to \`allow\`, or set \`unknown: 'passthrough'\`.`
}
