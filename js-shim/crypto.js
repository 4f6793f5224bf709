// Sealing: AES-256-GCM under a key derived from the Worker secret SEAL_KEY. An envelope is
// "v1.<key id>.<iv>.<ciphertext>", the last two in base64url; the key id tells which secret sealed it, so that
// SEAL_KEY_PREVIOUS can open what an older secret sealed.
import { encode } from './http.js';

const OK = 200;
const OLD_SEAL = 203;
const NOT_OURS = 400;
const NO_SECRET = 503;

/** @type {Map<string, Promise<{ id: string, key: CryptoKey }>>} by secret */
const keys = new Map();

/** @param {Uint8Array} bytes */
const toBase64 = (bytes) =>
  btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
/** @param {string} string */
const fromBase64 = (string) => Uint8Array.from(atob(string.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

/** @param {string} secret */
function keyOf(secret) {
  let key = keys.get(secret);
  if (!key) keys.set(secret, (key = derive(secret)));
  return key;
}

/** @param {string} secret */
async function derive(secret) {
  const material = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveKey', 'deriveBits']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: encode('isthmus') };
  const key = await crypto.subtle.deriveKey({ ...hkdf, info: encode('seal v1') }, material, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const id = await crypto.subtle.deriveBits({ ...hkdf, info: encode('key id') }, material, 48);
  return { id: toBase64(new Uint8Array(id)), key };
}

/** @param {Env} env @param {Uint8Array} plain @returns {Promise<[number, string]>} */
export async function seal(env, plain) {
  if (!env.SEAL_KEY) return [NO_SECRET, 'the secret SEAL_KEY is not set, so nothing can be stored'];
  const { id, key } = await keyOf(env.SEAL_KEY);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain);
  return [OK, `v1.${id}.${toBase64(iv)}.${toBase64(new Uint8Array(sealed))}`];
}

/** @param {Env} env @param {string} sealed @returns {Promise<[number, Uint8Array?]>} */
export async function open(env, sealed) {
  const [version, id, iv, bytes] = sealed.split('.');
  const secrets = [env.SEAL_KEY, env.SEAL_KEY_PREVIOUS].filter((secret) => secret);
  if (!secrets.length) return [NO_SECRET];
  if (version !== 'v1' || !bytes) return [NOT_OURS];
  for (const secret of secrets) {
    const known = await keyOf(/** @type {string} */ (secret));
    if (known.id !== id) continue;
    const opened = secret === env.SEAL_KEY ? OK : OLD_SEAL;
    try {
      return [opened, new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64(iv) }, known.key, fromBase64(bytes)))];
    } catch {
      return [NOT_OURS];
    }
  }
  return [NOT_OURS];
}
