export default {
  test: 'python3 -m unittest',
  record: 'none',
  boundaries: {
    gateway: { protocol: 'http', origin: 'http://127.0.0.1:12111', env: 'STRIPE_API_BASE', owner: 'external' },
  },
}
