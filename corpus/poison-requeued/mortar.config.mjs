import { defineConfig, rabbitmq } from 'mortar'

export default defineConfig({
  boundaries: {
    jobs: rabbitmq({ env: 'AMQP_URL' }),
  },
})
