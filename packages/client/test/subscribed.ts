import type { Client, Message, Subscription } from '../src/index.ts'
import type { FakeServer } from './fake-server.ts'

export async function subscribed(
  server: FakeServer,
  client: Client,
  filter: string,
  options: Parameters<Client['subscribe']>[1] = {},
): Promise<Subscription<Record<string, string>>> {
  const subscribing = client.subscribe([filter], options)
  await server.connection.grant()
  return subscribing
}

/** Reads `count` messages without leaving the loop. */
export async function take(reader: AsyncIterable<Message<Record<string, string>>>, count: number): Promise<string[]> {
  const texts: string[] = []
  const iterator = reader[Symbol.asyncIterator]()
  while (texts.length < count) {
    const { value, done } = await iterator.next()
    if (done) break
    texts.push(value.text())
  }
  return texts
}
