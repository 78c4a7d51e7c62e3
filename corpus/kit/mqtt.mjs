import mqtt from 'mqtt'

/** A client that comes back when its connection is lost. */
export async function openMqtt(clientId) {
  const client = await mqtt.connectAsync(process.env.MQTT_URL, { clientId, reconnectPeriod: 50 })
  client.on('error', () => {})
  return client
}
