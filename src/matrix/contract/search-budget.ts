/** How many changes of one kind of answer are tried at most: so many, and more for each field in each test that stands for others. */
const mostChanges = 100
const mostForField = 8

/** What a search may still try. */
export interface SearchBudget {
  /** Takes so many changes from it; once that are too many it gives no more, and what costs nothing is free. */
  take(changes: number): boolean
  /** How many had been tried when there were too many for the first time; `undefined` when it was enough. */
  readonly givenUpAfter: number | undefined
}

export function makeSearchBudget(about: { readonly fields: number; readonly tests: number }): SearchBudget {
  const most = mostChanges + mostForField * about.fields * Math.max(1, about.tests)
  let spent = 0
  let givenUpAfter: number | undefined
  return {
    take(changes) {
      if (changes === 0) return true
      if (spent + changes > most) givenUpAfter ??= spent
      if (givenUpAfter !== undefined) return false
      spent += changes
      return true
    },
    get givenUpAfter() {
      return givenUpAfter
    },
  }
}
