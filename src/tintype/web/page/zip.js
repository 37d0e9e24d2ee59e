// SPDX-License-Identifier: Apache-2.0
// A ZIP archive of files that are compressed already: stored, one after the other.
// Where 32 bits are too few for a size or a place, or 16 for the count of files, it is ZIP64.
// Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, and 4.5.3.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});
const UTF8 = 1 << 11; // flag: names are UTF-8
const VERSION = 20;
const VERSION64 = 45;
const MOST16 = 0xffff; // this and the next say that the number stands where ZIP64 has room for it
const MOST32 = 0xffffffff;
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
    const far = [blob.size, blob.size, offset];
    const [here, there] = [extra(far.slice(0, 2)), extra(far)];
    const shared = ({ length }) => [[2, length ? VERSION64 : VERSION], [2, UTF8], [2, 0], [2, 0], [2, DATE],
      [4, sum], [4, blob.size], [4, blob.size], [2, bytes.length], [2, length]];
    const head = pack([[4, 0x04034b50], ...shared(here)]);
    parts.push(head, bytes, here, blob);
    directory.push(pack([[4, 0x02014b50], [2, VERSION64], ...shared(there), [2, 0], [2, 0], [2, 0], [4, 0],
      [4, offset]]), bytes, there);
    offset += head.length + bytes.length + here.length + blob.size;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  return new Blob([...parts, ...directory, end(files.length, size, offset)], { type: "application/zip" });
}

/** The field of ZIP64 for those sizes and places that a header has no room for. */
function extra(numbers) {
  const large = numbers.filter((number) => number >= MOST32);
  return pack(large.length ? [[2, 1], [2, 8 * large.length], ...large.map((number) => [8, number])] : []);
}

/** The archive's end: how many files it has, and how large its directory is and where. */
function end(count, size, offset) {
  const large = count >= MOST16 || size >= MOST32 || offset >= MOST32;
  const end64 = [[4, 0x06064b50], [8, 44], [2, VERSION64], [2, VERSION64], [4, 0], [4, 0], [8, count],
    [8, count], [8, size], [8, offset], [4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]];
  return pack([...(large ? end64 : []), [4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size],
    [4, offset], [2, 0]]);
}

/** Little-endian numbers, each given as [bytes, value]; one that is too large is the largest there is. */
function pack(numbers) {
  const bytes = numbers.flatMap(([count, value]) => {
    const held = Math.min(value, 256 ** count - 1);
    return Array.from({ length: count }, (_, at) => Math.floor(held / 256 ** at) % 256);
  });
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
