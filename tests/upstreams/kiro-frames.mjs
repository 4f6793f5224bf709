// Kiro's event stream, in frames that AWS's own codec encodes.
import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => new Uint8Array(Buffer.from(text, 'utf8')),
);
const string = (value) => ({ type: /** @type {const} */ ('string'), value });
const bytes = (body) => new Uint8Array(Buffer.from(JSON.stringify(body), 'utf8'));

/** @param {string} type @param {object} payload */
export const event = (type, payload) =>
  codec.encode({
    headers: { ':event-type': string(type), ':content-type': string('application/json'), ':message-type': string('event') },
    body: bytes(payload),
  });

/** @param {string} type @param {object} payload */
export const exception = (type, payload) =>
  codec.encode({
    headers: { ':exception-type': string(type), ':content-type': string('application/json'), ':message-type': string('exception') },
    body: bytes(payload),
  });

/** @param {string} code @param {string} message */
export const errorFrame = (code, message) =>
  codec.encode({
    headers: { ':message-type': string('error'), ':error-code': string(code), ':error-message': string(message) },
    body: new Uint8Array(0),
  });
