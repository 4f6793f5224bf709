// Messages as they cross the border: a start line or status, "name: value" lines, a blank line, a body.
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @param {string} string */
export const encode = (string) => encoder.encode(string);
/** Encodes in place what takes a byte for a character, as almost everything does that is said here. @param {string} string @param {Uint8Array} into */
export const fits = (string, into) => encoder.encodeInto(string, into).read === string.length;
/** @param {Uint8Array} bytes */
export const text = (bytes) => decoder.decode(bytes);

const LF = 10;

/**
 * Splits a message that the core wrote. `body` is a view.
 * @param {Uint8Array} message
 * @returns {{ start: string, headers: Record<string, string>, body: Uint8Array }}
 */
export function split(message) {
  let end = message.indexOf(LF);
  while (end >= 0 && message[end + 1] !== LF) end = message.indexOf(LF, end + 1);
  const head = text(message.subarray(0, end + 1));
  let at = head.indexOf('\n') + 1;
  const start = head.slice(0, at - 1);
  /** @type {Record<string, string>} */
  const headers = {}; // a plain object, because the platform reads one at half the cost of a list of pairs
  while (at < head.length) {
    const colon = head.indexOf(': ', at);
    const stop = head.indexOf('\n', colon);
    const name = head.slice(at, colon);
    const value = head.slice(colon + 2, stop);
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
    at = stop + 1;
  }
  return { start, headers, body: message.subarray(end + 2) };
}

/** Lines "name: value\n". @param {Headers} headers */
export function lines(headers) {
  let out = '';
  // Cheaper than an iterator, which is one more object of the platform for its collector.
  headers.forEach((value, name) => {
    out += `${name}: ${value}\n`;
  });
  return out;
}

/** The value of one of such lines, or null. @param {string} lines @param {string} name in lower case */
export function valueIn(lines, name) {
  const mark = `${name}: `;
  const before = lines.indexOf(`\n${mark}`);
  if (before < 0 && !lines.startsWith(mark)) return null;
  const at = before + 1 + mark.length;
  return lines.slice(at, lines.indexOf('\n', at));
}
