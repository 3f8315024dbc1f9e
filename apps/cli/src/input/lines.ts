const newline = 0x0a

/**
 * The lines of a byte stream, without their newlines; a carriage return stays, as in mosquitto_pub -l. Bytes, not text: a
 * line need not be UTF-8. What follows the last newline is a line too, unless it is empty.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let open: Uint8Array[] = []
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end)
      if (open.length === 0) yield tail
      else {
        yield Buffer.concat([...open, tail])
        open = []
      }
      start = end + 1
    }
    if (start < chunk.length) open.push(chunk.subarray(start))
  }
  if (open.length > 0) yield Buffer.concat(open)
}

export async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}
