// Key-value storage: the KV namespace ISTHMUS, or without that binding a map that lives as long as the isolate.

/** @type {Map<string, string>} */
const memory = new Map();
let warned = false;

const OK = 200;
const NOT_FOUND = 404;

/** @typedef {Promise<[number, string?]>} Completion */

/** @param {Env} env */
function namespace(env) {
  if (env.ISTHMUS) return env.ISTHMUS;
  if (!warned) console.warn('no KV binding ISTHMUS: accounts and keys are kept in memory only');
  warned = true;
  return null;
}

/** @param {Env} env @param {string} key @returns {Completion} */
export async function get(env, key) {
  const kv = namespace(env);
  const value = kv ? await kv.get(key) : (memory.get(key) ?? null);
  return value === null ? [NOT_FOUND] : [OK, value];
}

/** @param {Env} env @param {string} message "KEY\nTTL\nvalue" @returns {Completion} */
export async function put(env, message) {
  const first = message.indexOf('\n');
  const second = message.indexOf('\n', first + 1);
  const key = message.slice(0, first);
  const ttl = Number(message.slice(first + 1, second));
  const value = message.slice(second + 1);
  const kv = namespace(env);
  if (kv) await kv.put(key, value, ttl ? { expirationTtl: Math.max(60, ttl) } : {});
  else memory.set(key, value);
  return [OK];
}

/** @param {Env} env @param {string} key @returns {Completion} */
export async function erase(env, key) {
  const kv = namespace(env);
  if (kv) await kv.delete(key);
  else memory.delete(key);
  return [OK];
}

/** @param {Env} env @param {string} prefix @returns {Completion} */
export async function list(env, prefix) {
  const kv = namespace(env);
  let names = [...memory.keys()].filter((name) => name.startsWith(prefix));
  if (kv) {
    names = [];
    /** @type {string | undefined} */
    let cursor;
    do {
      const page = /** @type {KVNamespaceListResult<unknown>} */ (await kv.list({ prefix, cursor }));
      for (const { name } of page.keys) names.push(name);
      cursor = page.list_complete ? undefined : page.cursor;
    } while (cursor);
  }
  return [OK, names.map((name) => `${name}\n`).join('')];
}
