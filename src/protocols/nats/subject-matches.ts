/** Whether a subject falls under one with `*` and `>`. */
export function subjectMatches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.')
  const parts = subject.split('.')
  for (const [i, part] of wanted.entries()) {
    if (part === '>') return parts.length > i
    if (i >= parts.length || (part !== '*' && part !== parts[i])) return false
  }
  return wanted.length === parts.length
}
