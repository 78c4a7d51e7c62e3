/** What `mortar run` runs while others use its doors: says where they are, and waits. */
const { ORDERS_URL, HTTPS_PROXY } = process.env
console.log(JSON.stringify({ listener: ORDERS_URL, proxy: HTTPS_PROXY }))
process.stdin.resume().on('end', () => process.exit(0))
