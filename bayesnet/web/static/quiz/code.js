// The result code of a quiz; bayesnet.teach.exercises.quiz reads it.

/**
 * A list as JSON in base64 with the letters of addresses, a dot, and its CRC-32.
 *
 * @param {unknown[]} fields
 */
export function resultCode(fields) {
  const bytes = new TextEncoder().encode(JSON.stringify(fields));
  const letters = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  return `${letters}.${crc32(letters).toString(16).padStart(8, "0")}`;
}

/** @param {string} letters */
function crc32(letters) {
  let crc = -1;
  for (const letter of letters) {
    crc ^= letter.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
