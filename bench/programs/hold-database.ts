/** What `mortar run` runs while others use the address of its database: says where it is, and waits. */
console.log(JSON.stringify({ port: Number(new URL(process.env.DATABASE_URL ?? '').port) }))
process.stdin.resume().on('end', () => process.exit(0))
