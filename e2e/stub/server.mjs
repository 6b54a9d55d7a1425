//! The stub's server: a small Messages API on loopback that answers by script and writes down every request.

import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { Gates } from './gates.mjs';
import { openLog } from './log.mjs';
import { events, message, startUsage } from './reply.mjs';
import { read } from './script.mjs';

const ERRORS = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** Starts the stub; answers `{url, port, entries, gates, close()}`. `log` is a file for JSONL, or nothing. */
export async function startStub({ port = 0, log } = {}) {
  const stub = { log: openLog(log), gates: new Gates(), seed: randomBytes(4).toString('hex'), count: 0, faulted: new Set() };
  const server = createServer((request, response) => {
    answer(stub, request, response).catch((error) => {
      if (!response.headersSent) problem(response, 500, `the stub failed: ${error.message}`, 'req_stub');
      else response.destroy();
      console.error(error);
    });
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const actual = server.address().port;
  return {
    url: `http://127.0.0.1:${actual}`,
    port: actual,
    entries: stub.log.entries,
    gates: stub.gates,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function answer(stub, request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://stub');
  if (pathname.startsWith('/_stub/')) return control(stub, pathname, searchParams, response);

  const n = ++stub.count;
  const serial = `${stub.seed}${String(n).padStart(12, '0')}`;
  const entry = {
    n,
    at: new Date().toISOString(),
    method: request.method,
    path: request.url,
    kind: 'helper',
    chain: request.headers['x-claude-code-session-id'] ?? null,
    request_id: `req_01${serial}`,
    outcome: 'unknown_path',
  };
  response.setHeader('request-id', entry.request_id);
  response.once('close', () => {
    if (!response.writableFinished && entry.outcome === 'streaming') entry.outcome = 'client_left';
    if (entry.outcome === 'hanging') entry.outcome = 'hung';
    stub.log.write(entry);
  });
  const refuse = (status, text, outcome) => {
    Object.assign(entry, { status, outcome });
    problem(response, status, text, entry.request_id);
  };

  const text = await collect(request);
  const known = request.method === 'POST' && ['/v1/messages', '/v1/messages/count_tokens'].includes(pathname);
  if (!known) return refuse(404, `nothing at ${request.method} ${pathname}`, 'unknown_path');
  let body;
  let asked;
  try {
    body = JSON.parse(text);
    asked = read(body);
  } catch (error) {
    return refuse(400, `the stub cannot read this request: ${error.message}`, 'unreadable');
  }
  const chain = entry.chain ?? sessionOf(body) ?? 'unknown';
  describe(entry, body, asked, chain, request.headers);
  const key = request.headers['x-api-key'] ?? request.headers.authorization?.replace(/^Bearer /, '');
  if (!key || key === 'invalid') return refuse(401, key ? 'invalid x-api-key' : 'x-api-key header is required', 'refused_key');
  if (pathname === '/v1/messages/count_tokens') {
    Object.assign(entry, { kind: 'helper', status: 200, outcome: 'counted' });
    return json(response, 200, { input_tokens: Math.ceil(text.length / 4) });
  }
  const ids = { message: `msg_01${serial}`, tool: (at) => `toolu_01${serial}${at}` };
  const plan = { ...asked.reply };
  const built = message({ reply: plan, body, asked, ids, chain });

  const fault = pickFault(stub, plan, chain, asked);
  if (fault?.kind === 'error') {
    entry.fault = `error ${fault.status}`;
    if ([429, 529].includes(fault.status) || fault.retry_after !== undefined) response.setHeader('retry-after', String(fault.retry_after ?? 1));
    return refuse(fault.status, `scripted ${fault.status}`, 'error');
  }
  if (fault?.kind === 'hang') {
    entry.outcome = 'hanging';
    return undefined;
  }
  if (plan.wait_ms > 0) await pause(plan.wait_ms, response);
  Object.assign(entry, { message_id: built.id, status: 200, tools: built.content.filter((block) => block.type === 'tool_use').map((block) => block.name) });
  if (!body.stream) {
    Object.assign(entry, { usage: built.usage, outcome: 'completed' });
    return json(response, 200, built);
  }
  return stream(stub, response, entry, built, plan, fault);
}

async function stream(stub, response, entry, built, plan, fault) {
  Object.assign(entry, { usage: startUsage(built.usage), outcome: 'streaming' });
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  const list = [...events(built, plan.piece_chars)];
  const middle = list.findIndex((event) => event.type === 'content_block_delta' && !('partial_json' in event.delta && event.delta.partial_json === ''));
  for (const [at, event] of list.entries()) {
    if (response.destroyed) return;
    const frame = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    if (at === middle + 1) {
      if (plan.hold) await stub.gates.wait(plan.hold, entry.chain, response);
      if (fault?.kind === 'cut') return cut(response, entry, frame);
      if (fault?.kind === 'break') return breakOff(response, entry);
    }
    if (event.type === 'message_delta') entry.usage = built.usage;
    response.write(frame);
    if (plan.slow_ms > 0) await pause(plan.slow_ms, response);
  }
  entry.outcome = 'completed';
  response.end();
}

function cut(response, entry, frame) {
  entry.outcome = 'cut';
  response.write(frame.slice(0, frame.length >> 1), () => response.socket?.end());
}

function breakOff(response, entry) {
  entry.outcome = 'broken_off';
  const event = { type: 'error', error: { type: 'overloaded_error', message: 'scripted break' }, request_id: entry.request_id };
  response.end(`event: error\ndata: ${JSON.stringify(event)}\n\n`);
}

/** The fault due now: an `-always` one each time, any other once per chain, prompt and step. */
function pickFault(stub, plan, chain, asked) {
  return plan.faults.find((fault, at) => {
    if (fault.always) return true;
    const key = [chain, hash(asked.prompt), asked.step, at].join(' ');
    const first = !stub.faulted.has(key);
    stub.faulted.add(key);
    return first;
  });
}

function describe(entry, body, asked, chain, headers) {
  const systemText = typeof body.system === 'string' ? body.system : (body.system ?? []).map((block) => block.text).join('\n');
  Object.assign(entry, {
    kind: (body.tools ?? []).length > 0 ? 'main' : 'helper',
    chain,
    agent: headers['x-claude-code-agent-id'] ?? null,
    retry: Number(headers['x-stainless-retry-count'] ?? 0),
    model: body.model,
    stream: body.stream === true,
    role: asked.role,
    step: asked.step,
    system_hash: hash(systemText),
    prompt: asked.prompt,
    messages: (body.messages ?? []).length,
    tool_results: asked.tool_results,
  });
}

async function control(stub, pathname, parameters, response) {
  const name = parameters.get('name') ?? 'default';
  if (pathname === '/_stub/held') return json(response, 200, { held: await stub.gates.held(name) });
  if (pathname === '/_stub/release') return json(response, 200, { released: stub.gates.release(name) });
  if (pathname === '/_stub/log') return json(response, 200, { entries: stub.log.entries });
  return problem(response, 404, `the stub has no control ${pathname}`, 'req_stub');
}

function sessionOf(body) {
  try {
    return JSON.parse(body.metadata.user_id).session_id;
  } catch {
    return /session_([0-9a-f-]{36})/.exec(body.metadata?.user_id ?? '')?.[1];
  }
}

function problem(response, status, text, request_id) {
  json(response, status, { type: 'error', error: { type: ERRORS[status] ?? 'api_error', message: text }, request_id });
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function collect(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function pause(ms, response) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.once('close', done);
  });
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
