/** Pact's own verifier in a process of its own: it prints as much as it has to say, whatever it is told. */
import { optionalPackage } from '../support/optional-package.ts'

/** The part of Pact's own package that is used. */
interface PactPackage {
  readonly Verifier: new (options: object) => { verifyProvider(): Promise<unknown> }
}

const { Verifier } = optionalPackage('@pact-foundation/pact') as PactPackage

process.on('message', ({ id, options }: { readonly id: number; readonly options: object }) => {
  const answer = (complaint: string): void => void process.send!({ id, complaint })
  new Verifier(options).verifyProvider().then(
    () => answer(''),
    (error: Error) => answer(error.message || 'it failed'),
  )
})
