// An upstream's error inside a 200, before any content: what follows is what would follow from the same error with a status.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ask } from './ask.mjs';
import { grammar } from './grammar.mjs';
import { anthropicAccount, geminiAccount, MODELS, openaiAccount, responsesAccount, start } from './harness.mjs';

const twice = (account, models) => ['1', '2'].map((n) => ({ ...account, id: account.id.replace('1', n), models }));
const ACCOUNTS = (upstream) => [
  ...twice(geminiAccount(upstream), undefined),
  ...twice(openaiAccount(upstream), [MODELS.openai]),
  ...twice(responsesAccount(upstream), [MODELS.responses]),
  ...twice(anthropicAccount(upstream), [MODELS.anthropic]),
];
let edge;
before(async () => (edge = await start({ accounts: ACCOUNTS })));
after(() => edge.stop());
beforeEach(async () => {
  for (const { id } of (await edge.health()).accounts) await edge.admin('POST', `/admin/accounts/${id}/check`);
  edge.upstream.reset();
});

const openai = (type, code, message) => ({ error: { message, type, param: null, code } });
// The same four mishaps in each upstream's words.
const WIRES = {
  openai: {
    surface: 'chat',
    quota: openai('insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.'),
    key: openai('invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'),
    overload: openai('server_error', '503', 'The server is overloaded.'),
    request: openai('invalid_request_error', 'unsupported_value', 'This value is not supported.'),
  },
  responses: {
    surface: 'responses',
    quota: {
      type: 'response.failed',
      response: { id: 'resp_1', status: 'failed', output: [], error: { code: 'insufficient_quota', message: 'You exceeded your quota.' } },
    },
    key: { type: 'error', code: 'invalid_api_key', message: 'Incorrect API key provided.', param: null },
    overload: { type: 'error', code: 'server_is_overloaded', message: 'The server is overloaded.', param: null },
    request: { type: 'error', code: 'invalid_prompt', message: 'This value is not supported.', param: null },
  },
  anthropic: {
    surface: 'anthropic',
    quota: { type: 'error', error: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' } },
    key: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
    overload: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    request: { type: 'error', error: { type: 'invalid_request_error', message: 'This value is not supported.' } },
  },
  gemini: {
    surface: 'gemini',
    quota: { error: { code: 429, message: 'Quota exceeded, limit: 0', status: 'RESOURCE_EXHAUSTED' } },
    key: { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } },
    overload: { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
    request: { error: { code: 400, message: 'This value is not supported.', status: 'INVALID_ARGUMENT' } },
  },
};
// The upstream's own surface, where the answer is passed on, and another, where it is translated.
const lanes = (wire) => [WIRES[wire].surface, wire === 'anthropic' ? 'chat' : 'anthropic'];
const FORMS = [
  [true, 'event'],
  [true, 'bare'],
  [true, 'json'],
  [false, 'json'],
];

async function asked(wire, surface, stream) {
  const answer = await ask(edge.url, surface, { model: MODELS[wire], stream, messages: [{ user: `hello ${Math.random()}` }] });
  const said = answer.status === 200 ? grammar[surface][stream ? 'stream' : 'whole'](answer.text, { countUsage: true }).text : '';
  return {
    ...answer,
    said,
    accounts: (await edge.health()).accounts,
    tries: edge.upstream.requests.filter((r) => r.method === 'POST').length,
  };
}
const troubled = (accounts) =>
  accounts.filter((account) => account.state !== 'ready' || Object.keys(account.cooling_models).length).map((account) => account.state);

for (const wire of Object.keys(WIRES)) {
  const words = WIRES[wire];
  test(`${wire}: a spent account rests and another answers, in every form and lane`, async () => {
    for (const surface of lanes(wire)) {
      for (const [stream, as] of FORMS) {
        for (const { id } of (await edge.health()).accounts) await edge.admin('POST', `/admin/accounts/${id}/check`);
        edge.upstream.reset();
        edge.upstream.scenario({ said: { as, body: words.quota } });
        const { said, text, accounts, tries } = await asked(wire, surface, stream);
        assert.match(said, /You said/, `${surface} ${as}: ${text}`);
        assert.equal(tries, 2, `${surface} ${as}`);
        assert.equal(troubled(accounts).length, 1, `${surface} ${as}`);
      }
    }
  });

  test(`${wire}: a refused key stops its account, and another answers`, async () => {
    edge.upstream.scenario({ said: { as: 'event', body: words.key } });
    const { said, text, accounts } = await asked(wire, words.surface, true);
    assert.match(said, /You said/, text);
    assert.deepEqual(troubled(accounts), ['needs_login']);
  });

  test(`${wire}: an overload is no account's fault`, async () => {
    edge.upstream.scenario({ said: { as: 'event', body: words.overload } });
    const { said, text } = await asked(wire, words.surface, true);
    assert.match(said, /You said/, text);
    edge.upstream.scenario({ said: { as: 'event', body: words.overload }, times: 9 });
    const failed = await asked(wire, words.surface, true);
    assert.equal(failed.status, wire === 'anthropic' ? 529 : 503, failed.text);
  });

  test(`${wire}: a refused request is asked once, and its client told why`, async () => {
    for (const surface of lanes(wire)) {
      edge.upstream.reset();
      edge.upstream.scenario({ said: { as: 'event', body: words.request }, times: 9 });
      const { status, text, tries, accounts } = await asked(wire, surface, true);
      assert.equal(status, 400, text);
      assert.match(text, /This value is not supported/);
      assert.equal(tries, 1);
      assert.deepEqual(troubled(accounts), []);
    }
  });
}
