// A web server with pictures, and with everything that can be wrong with one.
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const MB = 1 << 20;

const png = (response, body = PIXEL) => response.writeHead(200, { 'content-type': 'image/png' }).end(body);
const to = (location, status) => (response) => response.writeHead(status, { location }).end();

/** @type {Record<string, (response: import('node:http').ServerResponse) => void>} */
const FILES = {
  'pixel.png': png,
  'untyped.png': (response) => response.writeHead(200).end(PIXEL),
  'octets.png': (response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(PIXEL),
  moved: to('/file/pixel.png', 302),
  'moved-beside': to('pixel.png?x=1', 307),
  loop: to('/file/loop', 301),
  'moved-away': to('ftp://files.example/pixel.png', 302),
  page: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hotlinking is not allowed</h1>'),
  archive: (response) => response.writeHead(200, { 'content-type': 'application/zip' }).end(PIXEL),
  empty: (response) => png(response, Buffer.alloc(0)),
  'half.png': (response) => png(response, Buffer.alloc(11 * MB, 1)),
  'announced-big.png': (response) => response.writeHead(200, { 'content-type': 'image/png', 'content-length': 21 * MB }).flushHeaders(),
  'big.png': (response) => {
    response.writeHead(200, { 'content-type': 'image/png' });
    for (let i = 0; i < 21; i++) response.write(Buffer.alloc(MB, 1));
    response.end();
  },
};

/** @param {string} name @param {import('node:http').ServerResponse} response */
export function files(name, response) {
  if (FILES[name]) FILES[name](response);
  else response.writeHead(404, { 'content-type': 'text/plain' }).end('no such file');
}
