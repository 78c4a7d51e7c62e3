/** Where the keys of a command stand: first, last (negative: from the end) and step, as Redis counts them. */
export type KeyPlaces = readonly [first: number, last: number, step: number]

/** What is known of a command. */
export interface CommandInfo {
  /** Changes what others can see. */
  readonly effect: boolean
  readonly keys?: KeyPlaces
  /** The number of keys stands here, and the keys follow. */
  readonly counted?: number
  /** The keys are the first half of what follows this word. */
  readonly after?: string
  /** Has subcommands, which are part of its name. */
  readonly container?: boolean
}

const one: KeyPlaces = [1, 1, 1]
const two: KeyPlaces = [1, 2, 1]
const all: KeyPlaces = [1, -1, 1]
const allButLast: KeyPlaces = [1, -2, 1]
const everySecond: KeyPlaces = [1, -1, 2]
const second: KeyPlaces = [2, 2, 1]

const groups: readonly (readonly [CommandInfo, string])[] = [
  [
    { effect: false, keys: one },
    `bitcount bitfield_ro bitpos dump expiretime geodist geohash geopos georadius_ro georadiusbymember_ro geosearch get
    getbit getrange hexists hexpiretime hget hgetall hkeys hlen hmget hpexpiretime hpttl hrandfield hscan hstrlen httl
    hvals lindex llen lpos lrange pexpiretime pttl scard sismember smembers smismember sort_ro srandmember sscan strlen
    substr ttl type xlen xpending xrange xrevrange zcard zcount zlexcount zmscore zrandmember zrange zrangebylex
    zrangebyscore zrank zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore`,
  ],
  [{ effect: false, keys: all }, 'exists mget pfcount sdiff sinter ssubscribe sunion sunsubscribe touch watch'],
  [{ effect: false, keys: all }, 'subscribe psubscribe unsubscribe punsubscribe'],
  [{ effect: false, keys: two }, 'lcs'],
  [
    { effect: false, keys: second },
    `memory|usage object|encoding object|freq object|idletime object|refcount xinfo|consumers xinfo|groups
    xinfo|stream`,
  ],
  [{ effect: false, counted: 1 }, 'sintercard zdiff zinter zintercard zunion'],
  [{ effect: false, counted: 2 }, 'eval_ro evalsha_ro fcall_ro'],
  [{ effect: false, after: 'STREAMS' }, 'xread'],
  [
    { effect: true, keys: one },
    `append bitfield decr decrby expire expireat geoadd georadius georadiusbymember getdel getex getset hdel hexpire
    hexpireat hgetdel hgetex hincrby hincrbyfloat hmset hpersist hpexpire hpexpireat hset hsetex hsetnx incr incrby
    incrbyfloat linsert lpop lpush lpushx lrem lset ltrim move persist pexpire pexpireat pfadd psetex publish restore
    rpop rpush rpushx sadd sdiffstore set setbit setex setnx setrange sinterstore sort spop spublish srem sunionstore
    xack xackdel xadd xautoclaim xclaim xdel xdelex xsetid xtrim zadd zdiffstore zincrby zinterstore zpopmax zpopmin zrem
    zremrangebylex zremrangebyrank zremrangebyscore zunionstore`,
  ],
  [{ effect: true, keys: all }, 'del pfmerge unlink'],
  [{ effect: true, keys: everySecond }, 'mset msetnx'],
  [
    { effect: true, keys: two },
    'blmove brpoplpush copy geosearchstore lmove rename renamenx rpoplpush smove zrangestore',
  ],
  [{ effect: true, keys: allButLast }, 'blpop brpop bzpopmax bzpopmin'],
  [
    { effect: true, keys: second },
    'xgroup|create xgroup|createconsumer xgroup|delconsumer xgroup|destroy xgroup|setid',
  ],
  [{ effect: true, keys: [2, -1, 1] }, 'bitop'],
  [{ effect: true, keys: [3, 3, 1] }, 'migrate'],
  [{ effect: true, counted: 1 }, 'lmpop zmpop'],
  [{ effect: true, counted: 2 }, 'blmpop bzmpop eval evalsha fcall'],
  [{ effect: true, after: 'STREAMS' }, 'xreadgroup'],
  [
    { effect: true },
    `acl|deluser acl|setuser config|set failover flushall flushdb function|delete function|flush function|load
    function|restore replicaof shutdown slaveof swapdb`,
  ],
  [
    { effect: false, container: true },
    'acl client cluster command config function latency memory module object pubsub script slowlog xgroup xinfo',
  ],
]

const table: ReadonlyMap<string, CommandInfo> = new Map(
  groups.flatMap(([info, names]) => names.split(/\s+/).map((name) => [name, info] as const)),
)
const unknown: CommandInfo = { effect: false }

/** Commands by name in lower case, subcommands as `xgroup|create`. Of an unknown one no effect and no keys are known. */
export function commandInfo(name: string): CommandInfo {
  return table.get(name) ?? unknown
}
