// SPDX-License-Identifier: Apache-2.0
// A ZIP archive of files that are compressed already: stored, one after the other.
// Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});
const UTF8 = 1 << 11; // flag: names are UTF-8
const VERSION = 20;
const DATE = (1 << 5) | 1; // 1 January 1980: the same results give the same archive

/**
 * @param {{name: string, blob: Blob}[]} files their names must differ
 * @returns {Promise<Blob>} which refers to the files' blobs, and does not hold them in memory
 */
export async function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const bytes = new TextEncoder().encode(name);
    const sum = await checksum(blob);
    const shared = [[2, VERSION], [2, UTF8], [2, 0], [2, 0], [2, DATE], [4, sum], [4, blob.size],
      [4, blob.size], [2, bytes.length], [2, 0]];
    const head = pack([[4, 0x04034b50], ...shared]);
    parts.push(head, bytes, blob);
    directory.push(pack([[4, 0x02014b50], [2, VERSION], ...shared, [2, 0], [2, 0], [2, 0], [4, 0],
      [4, offset]]), bytes);
    offset += head.length + bytes.length + blob.size;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = pack([[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size],
    [4, offset], [2, 0]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/** Little-endian numbers, each given as [bytes, value]. */
function pack(numbers) {
  const bytes = numbers.flatMap(([count, value]) =>
    Array.from({ length: count }, (_, at) => (value >>> (8 * at)) & 255));
  return Uint8Array.from(bytes);
}

/** CRC-32 of a blob, read in pieces. */
async function checksum(blob) {
  let sum = 0xffffffff;
  for (const reader = blob.stream().getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return (sum ^ 0xffffffff) >>> 0;
    for (const byte of value) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  }
}
