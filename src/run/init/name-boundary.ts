const generic =
  /^(?:www|api|apis|rest|graphql|gateway|v\d+|app|apps|dev|stage|staging|sandbox|prod|production|test|eu|us|uk|us-east-\d|us-west-\d|eu-west-\d|\*)\d*$/
const publicSecondLevel = /^(?:co|com|org|net|ac|gov|edu)$/

/** Names for a boundary by its host, the shortest first: `openweathermap`, `ordersAcme`. */
export function namesOfHost(host: string, port: number | undefined): readonly string[] {
  if (/^[\d.]+$|^\[/.test(host)) return [camel(`host ${host}`), camel(`host ${host} ${port ?? ''}`)]
  const labels = host.split('.')
  if (labels.length === 1) return [camel(host), camel(`${host} ${port ?? ''}`)]
  labels.pop()
  if (labels.length > 1 && publicSecondLevel.test(labels.at(-1)!)) labels.pop()
  const own = labels.at(-1)!
  const above = labels.slice(0, -1).filter((label) => !generic.test(label))
  return [camel(own), camel([...above, own].join(' ')), camel(`${labels.join(' ')} ${port ?? ''}`)]
}

/** The first name of a host that says more than that it is a service: `rates` of `rates.example.com`. */
export function nameOfHost(host: string): string {
  if (/^[\d.]+$|:/.test(host)) return camel(`host ${host}`)
  return camel(host.split('.').find((label) => !generic.test(label)) ?? host)
}

/** A name for a boundary by the variable that holds its address: `ORDERS_API_URL` gives `orders`. */
export function nameOfVariable(variable: string): string | undefined {
  const words = variable
    .toLowerCase()
    .split('_')
    .filter(
      (word) =>
        !/^(?:next|public|vite|react|app|url|uri|base|endpoint|host|origin|server|api|address|service|http|https|rest)$/.test(
          word,
        ),
    )
  return words.length === 0 ? undefined : camel(words.join(' '))
}

/** `billing service` as `billingService`; always a valid identifier. */
export function camel(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const name = words
    .map((word, at) => (at === 0 ? word[0]!.toLowerCase() : word[0]!.toUpperCase()) + word.slice(1))
    .join('')
  return /^[a-z]/i.test(name) ? name : `at${name}`
}
