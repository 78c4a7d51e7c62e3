/**
 * What makes two questions the same one. Two questions are the same when all four parts are equal; the parts are
 * kept apart so that an index can narrow by them.
 */
export interface Identity {
  /** Where it is asked: `https://api.github.com`; empty when the protocol has only one place. */
  readonly origin: string
  /** The verb: `GET`, `Query`, `PUBLISH`. */
  readonly method: string
  /** Path with `/` between its segments, without query; for other protocols what comes nearest. */
  readonly path: string
  /** All that is left of the question, in canonical form: query, chosen headers, body by meaning. */
  readonly rest: string
}

/** One comparable part of a question, for explaining why two questions differ: `query.page` = `2`. */
export interface Facet {
  /** `method`, `origin`, `path`, `query.page`, `headers.accept`, `body.labels[0]`. */
  readonly path: string
  readonly value: string
}
