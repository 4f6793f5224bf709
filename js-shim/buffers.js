// Buffers that serve again. Making one costs more than many a read, and what every request leaves behind brings the
// collector sooner. They are shared by all exchanges; a buffer goes to one read at a time.

export const READ_SIZE = 64 << 10; // of a read of the upstream
export const BODY_SIZE = 2 << 20; // the largest body of a client that gets one of ours

const SPARE_READS = 16;
const MOST_BODIES = 4; // at a time, since a client that sends slowly keeps its own for long

/** @type {ArrayBuffer[]} */
const reads = [];
/** @type {ArrayBuffer[]} */
const bodies = [];
let made = 0; // for bodies

export const forRead = () => reads.pop() ?? new ArrayBuffer(READ_SIZE);

/** One of BODY_SIZE, or null while all of them are taken. It must be given back, or said to be lost. */
export function forBody() {
  if (bodies.length || made === MOST_BODIES) return bodies.pop() ?? null;
  made++;
  return new ArrayBuffer(BODY_SIZE);
}

/** A buffer for a body went down with its read. */
export function loseBody() {
  made--;
}

/** Takes ours; any other is left alone. @param {ArrayBufferLike} buffer */
export function giveBack(buffer) {
  const list = buffer.byteLength === READ_SIZE ? reads : bodies;
  const ours = list === reads || buffer.byteLength === BODY_SIZE;
  const most = list === reads ? SPARE_READS : made;
  if (ours && list.length < most) list.push(/** @type {ArrayBuffer} */ (buffer));
}
