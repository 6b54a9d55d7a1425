//! The form of an answer: a reply of the script as an API message, and the message as stream events in API order.

import { handover } from './script.mjs';

/** Builds the API message for a reply. `ids` gives `message` and `tool(n)`; figures depend on lengths only. */
export function message({ reply, body, asked, ids, chain }) {
  const token = `STUB-HANDOVER-${asked.role}-${chain.slice(0, 8)}`;
  const fill = (value) => expand(value, { CWD: asked.cwd, ROLE: asked.role, CHAIN: chain, TOKEN: token });
  const content = reply.blocks.map((block) =>
    block.type === 'text'
      ? { type: 'text', text: fill(block.text) }
      : { type: 'thinking', thinking: fill(block.thinking), signature: 'c3R1Yi1zaWduYXR1cmU=' },
  );
  const silent = reply.tools.length === 0 && !content.some((block) => block.type === 'text');
  if (reply.handover || silent) content.push({ type: 'text', text: handover(asked.role, asked.prompt, token) });
  reply.tools.forEach((tool, at) => content.push({ type: 'tool_use', id: ids.tool(at), name: tool.name, input: fill(tool.input) }));
  return {
    id: ids.message,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content,
    stop_reason: reply.stop_reason ?? (reply.tools.length > 0 ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: usage(body, content, reply.usage),
  };
}

function expand(value, names) {
  if (typeof value === 'string') return value.replace(/\$(CWD|ROLE|CHAIN|TOKEN)\b/g, (_, name) => names[name]);
  if (Array.isArray(value)) return value.map((one) => expand(one, names));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, expand(one, names)]));
}

function usage(body, content, wanted = {}) {
  const messages = body.messages ?? [];
  const newest = JSON.stringify(messages.at(-1) ?? '').length;
  const figures = {
    input_tokens: 8 + messages.length,
    cache_creation_input_tokens: 200 + Math.ceil(newest / 4),
    cache_read_input_tokens: 9000 + 150 * messages.length,
    output_tokens: 12 + Math.ceil(JSON.stringify(content).length / 4),
    ...wanted,
  };
  return {
    ...figures,
    cache_creation: { ephemeral_5m_input_tokens: figures.cache_creation_input_tokens, ephemeral_1h_input_tokens: 0 },
    service_tier: 'standard',
  };
}

/** The figures a stream shows at its start: the prompt in full, one token of output. */
export function startUsage(full) {
  return { ...full, output_tokens: 1 };
}

/** Stream events of a message, in the order the API sends them; text comes in pieces of about `piece_chars`. */
export function* events(message, piece_chars) {
  yield { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: startUsage(message.usage) } };
  yield { type: 'ping' };
  for (const [index, block] of message.content.entries()) {
    yield { type: 'content_block_start', index, content_block: opening(block) };
    for (const delta of deltas(block, piece_chars)) yield { type: 'content_block_delta', index, delta };
    yield { type: 'content_block_stop', index };
  }
  yield { type: 'message_delta', delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: message.usage };
  yield { type: 'message_stop' };
}

function opening(block) {
  if (block.type === 'text') return { type: 'text', text: '' };
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return { ...block, input: {} };
}

function* deltas(block, chars) {
  if (block.type === 'text') for (const text of pieces(block.text, chars)) yield { type: 'text_delta', text };
  if (block.type === 'thinking') {
    for (const thinking of pieces(block.thinking, chars)) yield { type: 'thinking_delta', thinking };
    yield { type: 'signature_delta', signature: block.signature };
  }
  if (block.type === 'tool_use') {
    yield { type: 'input_json_delta', partial_json: '' };
    for (const partial_json of pieces(JSON.stringify(block.input), chars)) yield { type: 'input_json_delta', partial_json };
  }
}

/** Cuts a text after a space once it is long enough, never inside a surrogate pair. */
function* pieces(text, chars) {
  let piece = '';
  for (const char of text) {
    piece += char;
    if (piece.length >= chars * 3 || (piece.length >= chars && char === ' ')) {
      yield piece;
      piece = '';
    }
  }
  if (piece) yield piece;
}
