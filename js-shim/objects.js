// Durable Objects, by name: stores with one owner each. The core says which one, and what it wants of it.

const NO_BINDING = 501;

/** @typedef {{ ask(name: string, verb: string, body: string): Promise<[number, string?]> }} Answering */

/** @param {Env} env @param {string} message "BINDING\nNAME\nVERB\nbody" @returns {Promise<[number, string?]>} */
export async function ask(env, message) {
  const [binding, name, verb] = message.split('\n', 3);
  const body = message.slice(binding.length + name.length + verb.length + 3);
  const namespace = /** @type {DurableObjectNamespace | undefined} */ (env[binding]);
  if (!namespace?.idFromName) return [NO_BINDING];
  const object = /** @type {Answering} */ (/** @type {unknown} */ (namespace.get(namespace.idFromName(name))));
  const [status, text] = await object.ask(name, verb, body);
  return [status, text];
}
