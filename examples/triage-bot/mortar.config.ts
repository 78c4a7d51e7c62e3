import { defineConfig, http } from 'mortar'

export default defineConfig({
  test: 'vitest run',
  boundaries: {
    github: http({
      origin: 'https://api.github.com',
      owner: 'external',
      risk: 'high',
      contract: 'contracts/github.openapi.yaml',
    }),
  },
})
