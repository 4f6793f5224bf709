// What every simulated service does with a request, and with an answer.
import { Refused } from './gemini-validate.mjs';

export function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}

/** JSON, or undefined where it is none. @param {string} text */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The scenario that the next generation with `key` is to follow. */
export function next(state, key) {
  const index = state.scenarios.findIndex((scenario) => !scenario.key || scenario.key === key);
  if (index < 0) return {};
  const scenario = state.scenarios[index];
  if (scenario.times > 1) scenario.times--;
  else state.scenarios.splice(index, 1);
  return scenario;
}

/** Google's front end reads JSON only. */
export function checkJson(record) {
  if (!/json/.test(record.headers['content-type'] ?? '')) throw new Refused(400, 'INVALID_ARGUMENT', 'Invalid content-type.');
  if (record.body === undefined) throw new Refused(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received. Unexpected token.');
}
