import type { Identity } from './identity.ts'

/** What a question must be for `value` to apply. A part left out stands for anything. */
export interface Rule<T, S = unknown> {
  readonly origin?: string
  readonly method?: string
  /**
   * The exact path, or a template: a whole segment `{name}` stands for one segment that is not empty, and a trailing
   * `**` for any number of segments, none included. Segments such as `{{token}}` are exact.
   */
  readonly path?: string
  /** Set for recorded paths: `path` is exact even if it looks like a template. */
  readonly exactPath?: boolean
  readonly pathPattern?: RegExp
  /** The exact `rest` of an identity. */
  readonly rest?: string
  /** Decides last, when everything else agrees. Must be pure. */
  readonly where?: (subject: S) => boolean
  readonly value: T
}

/**
 * Rules compiled so that finding the ones that apply does not depend on how many there are. Only rules with a
 * `pathPattern` and no `path` are tried one by one.
 */
export interface RuleIndex<T, S = unknown> {
  readonly size: number
  /** Appends one rule, after all others. */
  add(rule: Rule<T, S>): void
  /** The values of all rules that apply, first rule first. May be the index's own list: do not change or keep it. */
  find(identity: Identity, subject: S): readonly T[]
  /** The value of the first rule that applies. */
  findFirst(identity: Identity, subject: S): T | undefined
}

/** Rules that agree in everything an index can look up, in order. */
interface Bucket<T, S> {
  readonly orders: number[]
  readonly values: T[]
  /** What is left to check, by position; empty as long as no rule of the bucket leaves anything. */
  checks: (Check<S> | undefined)[] | undefined
}

type Check<S> = (identity: Identity, subject: S) => boolean

/** Rules of one path, by what they ask of `rest`. */
interface Leaf<T, S> {
  readonly byRest: Map<string, Bucket<T, S>>
  anyRest: Bucket<T, S> | undefined
}

interface TrieNode<T, S> {
  readonly literal: Map<string, TrieNode<T, S>>
  parameter: TrieNode<T, S> | undefined
  end: Leaf<T, S> | undefined
  /** Rules whose template goes on with `**` here. */
  below: Leaf<T, S> | undefined
}

/** Rules of one origin and method. */
interface Branch<T, S> {
  readonly exact: Map<string, Leaf<T, S>>
  trie: TrieNode<T, S> | undefined
  anyPath: Leaf<T, S> | undefined
  patterns: Bucket<T, S> | undefined
}

const nothing: readonly never[] = []

/** Compiles `rules`; their order is the order in which {@link RuleIndex.find} gives their values. */
export function compileRuleIndex<T, S = unknown>(rules: Iterable<Rule<T, S>> = []): RuleIndex<T, S> {
  const byOrigin = new Map<string | undefined, Map<string | undefined, Branch<T, S>>>()
  let size = 0

  function buckets(identity: Identity): Bucket<T, S>[] {
    const found: Bucket<T, S>[] = []
    collectOrigin(byOrigin.get(identity.origin), identity, found)
    collectOrigin(byOrigin.get(undefined), identity, found)
    return found
  }

  const index: RuleIndex<T, S> = {
    get size() {
      return size
    },
    add(rule) {
      const byMethod = getOrMake(byOrigin, rule.origin, () => new Map<string | undefined, Branch<T, S>>())
      const branch = getOrMake(byMethod, rule.method, newBranch<T, S>)
      append(bucketFor(branch, rule), size++, rule)
    },
    find(identity, subject) {
      const found = buckets(identity)
      const only = found[0]
      if (only === undefined) return nothing
      if (found.length === 1 && only.checks === undefined) return only.values
      const hits: { order: number; value: T }[] = []
      for (const bucket of found) {
        for (let i = 0; i < bucket.values.length; i++) {
          if (passes(bucket, i, identity, subject)) hits.push({ order: bucket.orders[i]!, value: bucket.values[i]! })
        }
      }
      if (found.length > 1) hits.sort((a, b) => a.order - b.order)
      return hits.map((hit) => hit.value)
    },
    findFirst(identity, subject) {
      let best: T | undefined
      let bestOrder = Infinity
      for (const bucket of buckets(identity)) {
        for (let i = 0; i < bucket.values.length && bucket.orders[i]! < bestOrder; i++) {
          if (!passes(bucket, i, identity, subject)) continue
          best = bucket.values[i]
          bestOrder = bucket.orders[i]!
        }
      }
      return best
    },
  }
  for (const rule of rules) index.add(rule)
  return index
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

function newBranch<T, S>(): Branch<T, S> {
  return { exact: new Map(), trie: undefined, anyPath: undefined, patterns: undefined }
}

function newNode<T, S>(): TrieNode<T, S> {
  return { literal: new Map(), parameter: undefined, end: undefined, below: undefined }
}

function newLeaf<T, S>(): Leaf<T, S> {
  return { byRest: new Map(), anyRest: undefined }
}

function newBucket<T, S>(): Bucket<T, S> {
  return { orders: [], values: [], checks: undefined }
}

function isParameter(segment: string): boolean {
  return /^\{[^{}]+\}$/.test(segment)
}

function bucketFor<T, S>(branch: Branch<T, S>, rule: Rule<T, S>): Bucket<T, S> {
  if (rule.path === undefined && rule.pathPattern) return (branch.patterns ??= newBucket())
  const leaf = rule.path === undefined ? (branch.anyPath ??= newLeaf()) : leafFor(branch, rule.path, rule.exactPath)
  return rule.rest === undefined ? (leaf.anyRest ??= newBucket()) : getOrMake(leaf.byRest, rule.rest, newBucket<T, S>)
}

function leafFor<T, S>(branch: Branch<T, S>, path: string, exact = false): Leaf<T, S> {
  const segments = exact ? [] : path.split('/')
  const open = segments.at(-1) === '**'
  if (!open && !segments.some(isParameter)) return getOrMake(branch.exact, path, newLeaf<T, S>)
  if (open) segments.pop()
  let node = (branch.trie ??= newNode())
  for (const segment of segments) {
    node = isParameter(segment) ? (node.parameter ??= newNode()) : getOrMake(node.literal, segment, newNode<T, S>)
  }
  return open ? (node.below ??= newLeaf()) : (node.end ??= newLeaf())
}

function append<T, S>(bucket: Bucket<T, S>, order: number, rule: Rule<T, S>): void {
  const check = checkOf(rule)
  if (check) (bucket.checks ??= bucket.values.map(() => undefined)).push(check)
  else bucket.checks?.push(undefined)
  bucket.orders.push(order)
  bucket.values.push(rule.value)
}

function checkOf<T, S>({ path, pathPattern, rest, where }: Rule<T, S>): Check<S> | undefined {
  if (!pathPattern) return where && ((_identity, subject) => where(subject))
  const restLeft = path === undefined ? rest : undefined
  return (identity, subject) =>
    (restLeft === undefined || identity.rest === restLeft) &&
    // `search` starts at the beginning, where `test` of a global or sticky expression goes on from its last match.
    identity.path.search(pathPattern) >= 0 &&
    (where === undefined || where(subject))
}

function passes<T, S>(bucket: Bucket<T, S>, at: number, identity: Identity, subject: S): boolean {
  const check = bucket.checks?.[at]
  return check === undefined || check(identity, subject)
}

function collectOrigin<T, S>(
  byMethod: Map<string | undefined, Branch<T, S>> | undefined,
  identity: Identity,
  into: Bucket<T, S>[],
): void {
  if (!byMethod) return
  collectBranch(byMethod.get(identity.method), identity, into)
  collectBranch(byMethod.get(undefined), identity, into)
}

function collectBranch<T, S>(branch: Branch<T, S> | undefined, identity: Identity, into: Bucket<T, S>[]): void {
  if (!branch) return
  collectLeaf(branch.exact.get(identity.path), identity, into)
  if (branch.trie) collectNode(branch.trie, identity.path.split('/'), 0, identity, into)
  collectLeaf(branch.anyPath, identity, into)
  if (branch.patterns) into.push(branch.patterns)
}

function collectNode<T, S>(
  node: TrieNode<T, S>,
  segments: readonly string[],
  depth: number,
  identity: Identity,
  into: Bucket<T, S>[],
): void {
  collectLeaf(node.below, identity, into)
  const segment = segments[depth]
  if (segment === undefined) return collectLeaf(node.end, identity, into)
  const literal = node.literal.get(segment)
  if (literal) collectNode(literal, segments, depth + 1, identity, into)
  if (node.parameter && segment !== '') collectNode(node.parameter, segments, depth + 1, identity, into)
}

function collectLeaf<T, S>(leaf: Leaf<T, S> | undefined, identity: Identity, into: Bucket<T, S>[]): void {
  if (!leaf) return
  const exact = leaf.byRest.get(identity.rest)
  if (exact) into.push(exact)
  if (leaf.anyRest) into.push(leaf.anyRest)
}
