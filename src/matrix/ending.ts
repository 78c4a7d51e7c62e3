const names = 'cancel|void|expire|release|revoke|close|deactivate|unsubscribe|logout|end'
const ofOne = new RegExp(`^POST .*\\}/(?:${names})$`, 'i')
const ofAny = new RegExp(`^(?:DELETE .*|POST .*/(?:${names}))$`, 'i')

/** A POST by whose name one thing, which it names, is ended: it cannot be ended more than once. */
export function endsOneThing(operation: string): boolean {
  return ofOne.test(operation)
}

/** Something is ended or deleted: who is told that it is not there has what was wanted. */
export function isGoneWanted(operation: string): boolean {
  return ofAny.test(operation)
}
