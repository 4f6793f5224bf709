// Refuses what Google's API refuses, in Google's words. Source of the rules: docs/protocol/gemini.md.

/** An error as Google's front end writes it. */
export class Refused extends Error {
  constructor(code, status, message, details = []) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
  get body() {
    return { error: { code: this.code, message: this.message, status: this.status, details: this.details } };
  }
}
export const invalid = (message) => new Refused(400, 'INVALID_ARGUMENT', message);

// Every message Google's protobuf knows, member by member: a word names the member's type.
const TYPES = {
  Request: {
    contents: ['Content'],
    systemInstruction: 'Content',
    tools: ['Tool'],
    toolConfig: 'ToolConfig',
    safetySettings: ['any'],
    generationConfig: 'GenerationConfig',
    cachedContent: 'string',
    labels: 'any',
  },
  CodeAssistRequest: {
    contents: ['Content'],
    systemInstruction: 'Content',
    tools: ['Tool'],
    toolConfig: 'ToolConfig',
    safetySettings: ['any'],
    generationConfig: 'GenerationConfig',
    cachedContent: 'string',
    labels: 'any',
    session_id: 'string',
  },
  Envelope: {
    model: 'string',
    project: 'string',
    user_prompt_id: 'string',
    enabled_credit_types: ['string'],
    request: 'CodeAssistRequest',
  },
  AntigravityRequest: {
    contents: ['Content'],
    systemInstruction: 'Content',
    tools: ['Tool'],
    toolConfig: 'ToolConfig',
    generationConfig: 'GenerationConfig',
    labels: 'any',
    sessionId: 'string',
  },
  AntigravityEnvelope: {
    project: 'string',
    model: 'string',
    userAgent: 'string',
    requestType: 'string',
    requestId: 'string',
    enabledCreditTypes: ['string'],
    request: 'AntigravityRequest',
  },
  LoadCodeAssist: { cloudaicompanionProject: 'string', metadata: 'ClientMetadata', mode: 'string' },
  OnboardUser: { tierId: 'string', cloudaicompanionProject: 'string', metadata: 'ClientMetadata' },
  ClientMetadata: {
    ideType: 'string',
    ideVersion: 'string',
    pluginVersion: 'string',
    platform: 'string',
    updateChannel: 'string',
    duetProject: 'string',
    pluginType: 'string',
    ideName: 'string',
  },
  Content: { role: 'string', parts: ['Part'] },
  Part: {
    text: 'string',
    thought: 'boolean',
    thoughtSignature: 'string',
    inlineData: 'Blob',
    fileData: 'FileData',
    functionCall: 'FunctionCall',
    functionResponse: 'FunctionResponse',
    executableCode: 'any',
    codeExecutionResult: 'any',
  },
  Blob: { mimeType: 'string', data: 'string' },
  FileData: { mimeType: 'string', fileUri: 'string' },
  FunctionCall: { id: 'string', name: 'string', args: 'object' },
  FunctionResponse: { id: 'string', name: 'string', response: 'object', parts: ['Part'] },
  Tool: { functionDeclarations: ['FunctionDeclaration'], googleSearch: 'any', codeExecution: 'any', urlContext: 'any' },
  FunctionDeclaration: {
    name: 'string',
    description: 'string',
    parameters: 'Schema',
    parametersJsonSchema: 'object',
    response: 'Schema',
    responseJsonSchema: 'object',
  },
  ToolConfig: { functionCallingConfig: 'FunctionCallingConfig' },
  FunctionCallingConfig: { mode: 'string', allowedFunctionNames: ['string'] },
  GenerationConfig: {
    temperature: 'number',
    topP: 'number',
    topK: 'number',
    candidateCount: 'integer',
    maxOutputTokens: 'integer',
    stopSequences: ['string'],
    responseLogprobs: 'boolean',
    logprobs: 'integer',
    presencePenalty: 'number',
    frequencyPenalty: 'number',
    seed: 'integer',
    responseMimeType: 'string',
    responseSchema: 'Schema',
    responseJsonSchema: 'object',
    responseModalities: ['string'],
    mediaResolution: 'string',
    speechConfig: 'any',
    imageConfig: 'any',
    thinkingConfig: 'ThinkingConfig',
  },
  ThinkingConfig: { includeThoughts: 'boolean', thinkingBudget: 'integer', thinkingLevel: 'string' },
};
TYPES.Schema = Object.fromEntries(['type', 'format', 'title', 'description', 'pattern'].map((k) => [k, 'string']));
Object.assign(TYPES.Schema, {
  nullable: 'boolean',
  enum: ['string'],
  items: 'Schema',
  properties: 'any',
  required: ['string'],
  anyOf: ['Schema'],
  minimum: 'number',
  maximum: 'number',
  minItems: 'any',
  maxItems: 'any',
  minLength: 'any',
  maxLength: 'any',
  example: 'any',
  default: 'any',
  propertyOrdering: ['string'],
});

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const SCALARS = {
  any: () => true,
  object: isObject,
  string: (v) => typeof v === 'string',
  boolean: (v) => typeof v === 'boolean',
  number: (v) => typeof v === 'number',
  integer: (v) => Number.isInteger(v) && Math.abs(v) < 2 ** 31,
};
const camel = (name) => name.replace(/_([a-z])/g, (_, c) => c.toUpperCase());

/** Throws unless `value` is what protobuf calls a `type`. */
export function checkType(value, type, path) {
  if (Array.isArray(type)) {
    if (!Array.isArray(value)) throw invalid(`Invalid value at '${path}' (repeated), expected a list.`);
    value.forEach((element, index) => {
      checkType(element, type[0], `${path}[${index}]`);
    });
  } else if (TYPES[type]) {
    if (!isObject(value)) throw invalid(`Invalid value at '${path}' (${type}), expected an object.`);
    for (const [name, member] of Object.entries(value)) {
      const known = TYPES[type][name] ?? TYPES[type][camel(name)];
      if (!known) throw invalid(`Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`);
      checkType(member, known, path ? `${path}.${name}` : name);
    }
  } else if (!SCALARS[type](value)) {
    throw invalid(`Invalid value at '${path}' (${type.toUpperCase()}), ${JSON.stringify(value)}`);
  }
}

const DATA = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode', 'codeExecutionResult'];
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

// The end of a streamed answer has no words, and Google's own SDK sends it back so.
function checkPart(part, path, role) {
  const data = DATA.filter((name) => part[name] !== undefined);
  if (data.length !== 1 || (part.text === '' && role !== 'model'))
    throw invalid(`${path}: required oneof field 'data' must have one initialized field`);
  if (part.inlineData && (!part.inlineData.mimeType || !BASE64.test(part.inlineData.data) || part.inlineData.data.length % 4))
    throw invalid(`${path}.inline_data: Base64 decoding failed or mime_type missing.`);
  if (part.fileData && !/^(gs:\/\/|https:\/\/(www\.)?youtu|https:\/\/generativelanguage)/.test(part.fileData.fileUri ?? ''))
    throw invalid(`Unsupported file URI type: ${part.fileData.fileUri}`);
}

/** The turns of a conversation: neighbours of one role are one turn, as an SDK's history of a stream has them. */
export function turnsOf(contents) {
  const turns = [];
  for (const { role: said, parts } of contents) {
    const role = said === 'model' ? said : 'user';
    if (turns.at(-1)?.role === role) turns.at(-1).parts.push(...parts);
    else turns.push({ role, parts: [...parts] });
  }
  return turns;
}

function checkContents(contents) {
  if (!contents?.length) throw invalid('* GenerateContentRequest.contents: contents is not specified');
  if (contents[0].role !== 'user')
    throw invalid('Please ensure that multiturn requests alternate between user and model, beginning with a user turn.');
  contents.forEach((content, index) => {
    if (!['user', 'model', 'function', 'tool'].includes(content.role)) throw invalid('Please use a valid role: user, model.');
    if (!content.parts?.length) throw invalid(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`);
    content.parts.forEach((part, at) => {
      checkPart(part, `contents[${index}].parts[${at}]`, content.role);
    });
  });
}

function checkTurns(turns) {
  turns.forEach((content, index) => {
    const calls = content.parts.filter((part) => part.functionCall);
    const responses = content.parts.filter((part) => part.functionResponse);
    const asked = turns[index - 1]?.parts.filter((part) => part.functionCall) ?? [];
    if (responses.length && !asked.length)
      throw invalid('Please ensure that function response turn comes immediately after a function call turn.');
    if (asked.length !== responses.length)
      throw invalid(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    asked.forEach((call, at) => {
      if (content.parts[at].functionResponse?.name !== call.functionCall.name)
        throw invalid('Function responses must come first and in the order of their calls.');
    });
    if (calls.length && index === turns.length - 1) throw invalid('A function call turn must be followed by a function response turn.');
  });
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/;

function checkTools(request, model) {
  const declared = (request.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
  const names = new Set();
  for (const { name, parameters, parametersJsonSchema } of declared) {
    if (!NAME.test(name ?? '')) throw invalid(`Invalid function name '${name}'. Must start with a letter or an underscore.`);
    if (names.has(name)) throw invalid(`Duplicate function declaration found: ${name}`);
    names.add(name);
    if (parameters && parametersJsonSchema) throw invalid('parameters_json_schema must not be set when parameters is set');
  }
  if (declared.length && request.tools.some((tool) => tool.googleSearch)) throw invalid('Tool use with function calling is unsupported');
  if (declared.length && request.generationConfig?.responseMimeType === 'application/json' && model.startsWith('gemini-2.5'))
    throw invalid("Function calling with a response mime type: 'application/json' is unsupported");
  for (const allowed of request.toolConfig?.functionCallingConfig?.allowedFunctionNames ?? []) {
    if (!names.has(allowed)) throw invalid(`allowed_function_names: '${allowed}' is not declared.`);
  }
}

const LEVELS = { 'gemini-3-pro-preview': ['low', 'high'], 'gemini-3.1-pro-preview': ['low', 'medium', 'high'] };
const BUDGETS = {
  'claude-opus-4-6-thinking': [1024, 64000],
  'claude-sonnet-4-6': [1024, 64000],
  'gemini-2.5-pro': [128, 32768],
  'gemini-2.5-flash': [0, 24576],
  'gemini-2.5-flash-lite': [512, 24576],
};

function checkGeneration(config, model, codeAssist) {
  const thinking = config.thinkingConfig ?? {};
  if (thinking.thinkingBudget !== undefined && thinking.thinkingLevel !== undefined)
    throw invalid('You can only set one of thinking budget and thinking level.');
  // An enum's first value is the same as none.
  if (thinking.thinkingLevel !== undefined && thinking.thinkingLevel !== 'THINKING_LEVEL_UNSPECIFIED') {
    const levels = model.startsWith('gemini-2') ? [] : (LEVELS[model] ?? ['minimal', 'low', 'medium', 'high']);
    if (!levels.includes(thinking.thinkingLevel.toLowerCase()))
      throw invalid(`Thinking level ${thinking.thinkingLevel} is not supported for this model.`);
  }
  const budget = thinking.thinkingBudget;
  if (budget !== undefined && budget !== -1) {
    const [low, high] = BUDGETS[model] ?? [128, 32768];
    if (budget > high || (budget < low && !(budget === 0 && model !== 'gemini-2.5-pro')))
      throw invalid(`The thinking budget ${budget} is invalid. Please choose a value between ${low} and ${high}.`);
  }
  if ((config.stopSequences?.length ?? 0) > 5) throw invalid('stop_sequences: at most 5 are allowed.');
  const count = config.candidateCount ?? 1;
  if (count < 1 || count > (codeAssist ? 1 : 8)) throw invalid('candidate_count is out of range.');
  if (config.maxOutputTokens !== undefined && (config.maxOutputTokens < 1 || config.maxOutputTokens > 65536))
    throw invalid('max_output_tokens is out of range.');
  if (config.temperature !== undefined && (config.temperature < 0 || config.temperature > 2))
    throw invalid('temperature must be in the range [0.0, 2.0].');
}

export const issuedSignatures = new Set();

function checkSignatures(turns, model) {
  if (!/^gemini-[3-9]/.test(model)) return;
  let active = 0;
  turns.forEach((content, index) => {
    if (content.role === 'user' && content.parts.some((part) => part.text) && !content.parts.some((part) => part.functionResponse))
      active = index;
  });
  turns.forEach((content, index) => {
    if (content.role !== 'model') return;
    const first = content.parts.find((part) => part.functionCall);
    if (first && index > active && !first.thoughtSignature)
      throw invalid(
        `Function call is missing a thought_signature in functionCall parts. Additional data, function call \`default_api:${first.functionCall.name}\`, position ${index}.`,
      );
    for (const { thoughtSignature } of content.parts) {
      if (thoughtSignature && thoughtSignature !== 'skip_thought_signature_validator' && !issuedSignatures.has(thoughtSignature))
        throw invalid('Corrupted thought signature.');
    }
  });
}

/**
 * @param {any} request the generateContent body, without an envelope @param {string} model
 * @param {boolean} codeAssist @param {string} type of the body
 */
export function validate(request, model, codeAssist, type = codeAssist ? 'CodeAssistRequest' : 'Request') {
  checkType(request, type, codeAssist ? 'request' : '');
  checkContents(request.contents);
  const turns = turnsOf(request.contents);
  checkTurns(turns);
  checkTools(request, model);
  checkGeneration(request.generationConfig ?? {}, model, codeAssist);
  checkSignatures(turns, model);
}

export function validateEnvelope(envelope) {
  checkType(envelope, 'Envelope', '');
  if (!envelope.project) throw invalid('Invalid project resource name projects/');
  validate(envelope.request, envelope.model, true);
}
