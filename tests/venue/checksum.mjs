// Kraken's checksum of a book, worked out apart from the gateway: CRC32 (IEEE) over the digits of
// the ten best prices and sizes. Source: docs.kraken.com/api/docs/guides/spot-ws-book-v2.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(text) {
  let value = 0xffffffff;
  for (const byte of Buffer.from(text)) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** Both sides best first, each level [price, size] in the digits as sent. */
export function book_checksum({ bids, asks }) {
  const digits = (text) => text.replace('.', '').replace(/^0+/, '');
  const side = (levels) =>
    levels.slice(0, 10).map(([price, size]) => digits(price) + digits(size)).join('');
  return crc32(side(asks) + side(bids));
}
