import type { MatrixDocument } from '../document.ts'
import type { FindingPlaces } from './finding-places.ts'

/** Commands that GitHub Actions reads from the output of a step: each finding at its line, the most harmful first. */
export function toGithub({ findings }: MatrixDocument, places: FindingPlaces): readonly string[] {
  return findings.map((finding) => {
    const { accepted, harm, verdict, oracle, sentence, expected, reproduce } = finding
    const [{ file, line }] = places.of(finding)
    const level = accepted ? 'notice' : harm === 'noise' ? 'warning' : 'error'
    const title = `${verdict} (${oracle})${accepted ? ', accepted' : ''}`
    const message = `${sentence}\nGood code would ${expected}.\n${reproduce}`
    return `::${level} file=${property(file)},line=${line},title=${property(title)}::${data(message)}`
  })
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
