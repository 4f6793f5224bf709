// Strict readers of what the gateway answers, one for each surface. Each fails on anything that the surface's grammar
// does not allow, and gives back what the answer says in words that all four share.
import * as anthropic from './grammar/anthropic.mjs';
import * as chat from './grammar/chat.mjs';
import * as gemini from './grammar/gemini.mjs';
import * as responses from './grammar/responses.mjs';

export const grammar = { chat, responses, anthropic, gemini };
