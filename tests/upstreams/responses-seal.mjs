// Reasoning that comes back: sealed for one key, and refused when it was changed or belongs to another.
import { createHmac } from 'node:crypto';

const MARK = 'gAAAAA';
const sign = (payload, key) => createHmac('sha256', `reasoning of ${key}`).update(payload).digest('base64url').slice(0, 32);

/** @param {object} content @param {string} key */
export function seal(content, key) {
  const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${MARK}${sign(payload, key)}${payload}`;
}

/** What was sealed with `key`; undefined for anything else. @param {string} text @param {string} key */
export function unseal(text, key) {
  if (!text.startsWith(MARK)) return undefined;
  const proof = text.slice(MARK.length, MARK.length + 32);
  const payload = text.slice(MARK.length + 32);
  if (sign(payload, key) !== proof) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
