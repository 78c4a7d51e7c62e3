/** Pact's own verifier in a process of its own: it prints as much as it has to say, whatever it is told. */
import { optionalPackage } from '../support/optional-package.ts'

/** The part of Pact's own package that is used. */
interface PactPackage {
  readonly Verifier: new (options: object) => { verifyProvider(): Promise<unknown> }
}

const { Verifier } = optionalPackage('@pact-foundation/pact') as PactPackage

/** What is to be verified, and what is published, by the description of its interaction. */
interface Wanted {
  readonly id: number
  readonly options: object
  readonly messages: Readonly<Record<string, unknown>>
}

process.on('message', ({ id, options, messages }: Wanted) => {
  const answer = (complaint: string): void => void process.send!({ id, complaint })
  const published = Object.entries(messages).map(([name, message]) => [name, () => Promise.resolve(message)] as const)
  const messageProviders = published.length > 0 ? { messageProviders: Object.fromEntries(published) } : {}
  new Verifier({ ...options, ...messageProviders }).verifyProvider().then(
    () => answer(''),
    (error: Error) => answer(error.message || 'it failed'),
  )
})
