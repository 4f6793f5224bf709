// Some logins send the browser to an address of the person's own machine. Where the browser runs on this one, listening there
// spares them the pasting.
import http from 'node:http';

/** @returns {Promise<http.Server | null>} null: the address is taken, or this machine does not have it */
function listen(host, port, serve) {
  const server = http.createServer(serve);
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, host, () => resolve(server));
  });
}

/**
 * Waits for the browser that `page` sends back. Only what carries this login's own "state" is taken.
 * @param {string} page
 * @returns {Promise<{ at: string, arrived: Promise<string>, close: () => void } | null>} `arrived`: the whole address; null: `page`
 *   sends nobody to this machine, or nothing can listen there
 */
export async function listenForRedirect(page) {
  const query = new URL(page).searchParams;
  const at = query.get('redirect_uri') ?? '';
  if (!query.get('state') || !/^http:\/\/(localhost|127\.0\.0\.1):\d+(\/|$)/.test(at)) return null;
  const target = new URL(at);
  /** @type {(address: string) => void} */
  let deliver = () => {};
  /** @type {Promise<string>} */
  const arrived = new Promise((resolve) => (deliver = resolve));
  const serve = (request, response) => {
    const url = URL.canParse(request.url, at) ? new URL(request.url, at) : null;
    const ours = url?.pathname === target.pathname && url.searchParams.get('state') === query.get('state');
    response.writeHead(ours ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(ours ? 'This has arrived. Go back to the terminal.\n' : 'Nothing is expected here.\n');
    if (ours) deliver(url.href);
  };
  // Browsers differ in what they take "localhost" for.
  const servers = await Promise.all(['127.0.0.1', '::1'].map((host) => listen(host, Number(target.port), serve)));
  if (!servers[0]) servers[1]?.close(); // somebody else's, who would get the browser
  if (!servers[0]) return null;
  const close = () => {
    for (const server of servers) server?.close();
  };
  return { at, arrived, close };
}
