/** Whether a run is one of continuous integration, where nobody is there to look: `CI` as services for it set it. */
export function isUnderCi({ CI }: Readonly<Record<string, string | undefined>>): boolean {
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0'
}
