// Messages as they cross the border: a start line or status, "name: value" lines, a blank line, a body.
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @param {string} string */
export const encode = (string) => encoder.encode(string);
/** @param {Uint8Array} bytes */
export const text = (bytes) => decoder.decode(bytes);

const LF = 10;

/**
 * Splits a message that the core wrote. `body` is a view.
 * @param {Uint8Array} message
 * @returns {{ start: string, headers: [string, string][], body: Uint8Array }}
 */
export function split(message) {
  let end = message.indexOf(LF);
  while (end >= 0 && message[end + 1] !== LF) end = message.indexOf(LF, end + 1);
  const [start, ...lines] = text(message.subarray(0, end)).split('\n');
  /** @type {[string, string][]} */
  const headers = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.push([line.slice(0, colon), line.slice(colon + 1).trimStart()]);
  }
  return { start, headers, body: message.subarray(end + 2) };
}

/** Lines "name: value\n". @param {Headers} headers */
export function lines(headers) {
  let out = '';
  for (const [name, value] of headers) out += `${name}: ${value}\n`;
  return out;
}
