// A client's body: all of it in memory, decompressed, and never more than the core takes.
import { BODY_SIZE, forBody, giveBack, loseBody, READ_SIZE } from './buffers.js';
import { valueIn } from './http.js';

/** @type {Uint8Array} */
const NO_BYTES = new Uint8Array();

/**
 * `note`: header lines that tell the core what was found; `buffer`: to give back when the bytes have been taken.
 * @typedef {{ bytes: Uint8Array, note: string, buffer?: ArrayBufferLike }} Body
 */
/** @param {number} size @returns {Body} */
const oversize = (size) => ({ bytes: NO_BYTES, note: `x-isthmus-oversize: ${size}\n` });

/** @param {Request} request @param {string} headers its own, as lines @param {number} limit in bytes @returns {Promise<Body>} */
export async function readBody(request, headers, limit) {
  const declared = valueIn(headers, 'content-length');
  const { bytes, size, buffer } = declared === null ? await readAll(request, limit) : await read(request, Number(declared), limit);
  if (size > limit) return oversize(size);
  const encoding = valueIn(headers, 'content-encoding')?.trim().toLowerCase();
  if (!encoding || encoding === 'identity') return { bytes, note: '', buffer };
  try {
    return await decompress(encoding, bytes, limit);
  } finally {
    if (buffer) giveBack(buffer);
  }
}

/**
 * The bytes as they came, or how many there would be of what is too much.
 * @typedef {{ bytes: Uint8Array, size: number, buffer?: ArrayBufferLike }} Found
 */
/** @param {Request} request @param {number} size as declared @param {number} limit @returns {Promise<Found>} */
async function read(request, size, limit) {
  if (size === 0 || size > limit) return { bytes: NO_BYTES, size };
  const buffer = size > READ_SIZE && size <= BODY_SIZE ? forBody() : null;
  if (buffer) return readInto(buffer, request, size);
  const bytes = await request.bytes();
  return { bytes, size: bytes.length };
}

/** Of unknown size. @param {Request} request @param {number} limit @returns {Promise<Found>} */
async function readAll(request, limit) {
  if (!request.body) return { bytes: NO_BYTES, size: 0 };
  const chunks = [];
  let size = 0;
  for await (const chunk of /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (request.body))) {
    size += chunk.length;
    if (size > limit) return { bytes: NO_BYTES, size };
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, size };
}

/** In one read, into a buffer of ours. @param {ArrayBuffer} buffer @param {Request} request @param {number} size */
async function readInto(buffer, request, size) {
  try {
    const stream = /** @type {ReadableStream} */ (request.body);
    const reader = /** @type {ReadableStreamBYOBReader} */ (stream.getReader({ mode: 'byob' }));
    const { value } = await reader.readAtLeast(size, new Uint8Array(buffer, 0, size));
    if (value?.length !== size) throw new Error('the body ended early');
    return { bytes: value, size, buffer: value.buffer };
  } catch (error) {
    loseBody();
    throw error;
  }
}

/** @param {string} encoding @param {Uint8Array} bytes @param {number} limit @returns {Promise<Body>} */
async function decompress(encoding, bytes, limit) {
  // Loaded for the first body that needs it: most instances never see one.
  const zlib = await import('node:zlib');
  /** @type {Record<string, (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array>} */
  const decoders = {
    gzip: zlib.gunzipSync,
    'x-gzip': zlib.gunzipSync,
    deflate: zlib.inflateSync,
    br: zlib.brotliDecompressSync,
    zstd: zlib.zstdDecompressSync,
  };
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (!decoder) return { bytes: NO_BYTES, note: 'x-isthmus-encoding: unknown\n' };
  try {
    return { bytes: decoder(bytes, { maxOutputLength: limit }), note: 'x-isthmus-encoding: decoded\n' };
  } catch (error) {
    // What is larger than allowed is a RangeError, what is damaged is not.
    return error instanceof RangeError ? oversize(limit + 1) : { bytes: NO_BYTES, note: 'x-isthmus-encoding: damaged\n' };
  }
}
