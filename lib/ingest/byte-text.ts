/** UTF-8 of the bytes taken as Latin-1: any bytes become valid UTF-8, ASCII stays as it is. */
export function bytesToUtf8(bytes: Uint8Array): Uint8Array {
  const high = bytes.reduce((count, byte) => count + (byte >> 7), 0);
  const result = new Uint8Array(bytes.length + high);
  let at = 0;
  for (const byte of bytes) {
    if (byte < 0x80) result[at++] = byte;
    else {
      result[at++] = 0xc0 | (byte >> 6);
      result[at++] = 0x80 | (byte & 0x3f);
    }
  }
  return result;
}

/** The bytes that {@link bytesToUtf8} was given. */
export function utf8ToBytes(text: Uint8Array): Uint8Array {
  const result = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    result[length++] = byte < 0x80 ? byte : ((byte & 0x03) << 6) | ((text[++at] ?? 0) & 0x3f);
  }
  return result.subarray(0, length);
}
