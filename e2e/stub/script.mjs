//! What the stub answers: reads `[[stub: …]]` directives out of a conversation and picks the next reply.
//!
//! | directive | what it does |
//! |---|---|
//! | `text "…"`, `think "…"` | a block of the reply; the last text ends the turn |
//! | `tool Bash {…}`, `also Read {…}` | a tool call; `also` puts one more into the same reply |
//! | `handover` | ends the reply with the hand-over, which is also what comes without any directive |
//! | `slow 200`, `pieces 72` | from here on: milliseconds between stream events, characters of a piece |
//! | `wait 300` | milliseconds before the reply begins |
//! | `hold NAME` | stops in the middle of the stream until the gate NAME is released |
//! | `error 429`, `error 529 retry-after 2` | the reply fails once (`error-always`: each time) |
//! | `cut`, `break`, `hang` | the stream ends in mid-line, ends with an error event, never begins (once, or `-always`) |
//! | `stop max_tokens`, `usage {"input_tokens":5}` | another stop reason, other figures |
//!
//! `[[stub BUILDER: …]]` is for one role only. `$CWD`, `$ROLE`, `$CHAIN` and `$TOKEN` are filled in.

const ROLES = ['ORCHESTRATOR', 'PLANNER', 'BUILDER', 'REVIEWER', 'ANALYST', 'TESTER', 'DOCUMENTER', 'CUSTOM'];

/**
 * The directives of a text, in order: `[{role, name, args}]`.
 * `[[stub: tool Bash {"command":"ls"}]]` is for everybody, `[[stub BUILDER: …]]` for one role only.
 * A list that repeats itself as a whole (a prompt quoted twice) counts once.
 */
export function directives(text) {
  const found = [];
  const opening = /\[\[stub(?: ([A-Z]+))?:/g;
  for (let match; (match = opening.exec(text)); ) {
    const end = closing(text, opening.lastIndex);
    if (end < 0) throw new Error(`a stub directive is not closed: ${text.slice(match.index, match.index + 80)}`);
    const body = text.slice(opening.lastIndex, end).trim();
    const [name] = body.split(/\s/, 1);
    found.push({ role: match[1] ?? null, name, args: body.slice(name.length).trim() });
    opening.lastIndex = end + 2;
  }
  return once(found);
}

/** Where the `]]` of a directive stands: outside quotes and brackets. */
function closing(text, from) {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (depth === 0 && text.startsWith(']]', at)) return at;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
  }
  return -1;
}

function once(found) {
  const said = found.map((directive) => JSON.stringify(directive));
  for (let length = 1; length <= said.length / 2; length++) {
    if (said.length % length === 0 && said.every((one, at) => one === said[at % length])) return found.slice(0, length);
  }
  return found;
}

/**
 * The replies a list of directives asks for. Every reply but the last ends in tool calls, so the
 * number of tool-calling messages already sent says which reply is next.
 */
export function replies(list) {
  const done = [];
  const pace = { slow_ms: 0, piece_chars: 24 };
  let reply = empty(pace);
  const flush = () => {
    if (reply.tools.length > 0) {
      done.push(reply);
      reply = empty(pace);
    }
  };
  for (const { name, args } of list) {
    if (name !== 'also') flush();
    if (name === 'text') reply.blocks.push({ type: 'text', text: unquote(args) });
    else if (name === 'think') reply.blocks.push({ type: 'thinking', thinking: unquote(args) });
    else if (name === 'tool' || name === 'also') reply.tools.push(tool(args));
    else if (name === 'handover') reply.handover = true;
    else if (name === 'slow') pace.slow_ms = reply.slow_ms = number(name, args);
    else if (name === 'pieces') pace.piece_chars = reply.piece_chars = number(name, args);
    else if (name === 'wait') reply.wait_ms = number(name, args);
    else if (name === 'hold') reply.hold = args || 'default';
    else if (name === 'usage') reply.usage = JSON.parse(args);
    else if (name === 'stop') reply.stop_reason = args;
    else if (/^(error|cut|hang|break)(-always)?$/.test(name)) reply.faults.push(fault(name, args));
    else throw new Error(`the stub knows no directive "${name}"`);
  }
  flush();
  done.push(reply);
  return done;
}

function empty(pace) {
  return { blocks: [], tools: [], faults: [], handover: false, wait_ms: 0, ...pace };
}

function tool(args) {
  const [name] = args.split(/\s/, 1);
  const rest = args.slice(name.length).trim();
  return { name, input: rest ? JSON.parse(rest) : {} };
}

function fault(name, args) {
  const always = name.endsWith('-always');
  const kind = always ? name.slice(0, -'-always'.length) : name;
  const [status, word, seconds] = args.split(/\s+/);
  const retry_after = word === 'retry-after' ? number(name, seconds) : undefined;
  return { kind, always, status: kind === 'error' ? number(name, status) : undefined, retry_after };
}

function number(name, text) {
  const value = Number(text);
  if (!Number.isFinite(value) || text === '') throw new Error(`stub directive "${name}" wants a number, not "${text}"`);
  return value;
}

function unquote(args) {
  return args.startsWith('"') ? JSON.parse(args) : args;
}

/**
 * Reads a request body: the newest prompt, who is asked, and the reply that is due.
 * A prompt without directives lets an earlier, unfinished script go on (a resumed session does that).
 */
export function read(body) {
  const messages = body.messages ?? [];
  const prompts = [];
  messages.forEach((message, at) => {
    if (message.role !== 'user') return;
    blocks(message).forEach((block, index) => {
      if (block.type === 'text' && isPrompt(block.text)) prompts.push({ at, index, text: block.text.trim() });
    });
  });
  const newest = prompts.at(-1) ?? { at: 0, index: 0, text: '' };
  const system = blocks({ content: body.system ?? '' }).map((block) => block.text ?? '').join('\n');
  const role = roleOf(newest.text, system);
  const cwd = /Primary working directory: (.+)/.exec(system + JSON.stringify(messages).replaceAll('\\n', '\n'))?.[1] ?? '.';

  const script = (prompt) => directives(prompt.text).filter((one) => one.role === null || one.role === role);
  const scripted = script(newest).length > 0 ? newest : prompts.findLast((prompt) => script(prompt).length > 0);
  const due = scripted === undefined ? undefined : next(messages, scripted, replies(script(scripted)));
  return {
    prompt: newest.text,
    role,
    cwd,
    step: due?.step ?? 0,
    reply: due?.reply ?? replies([])[0],
    tool_results: results(messages),
  };
}

/** A call that was cut off by the end of its session counts as not made, so that it is made again. */
function next(messages, prompt, script) {
  const lost = new Set(
    messages
      .flatMap(blocks)
      .filter((block) => block.type === 'tool_result' && JSON.stringify(block.content).includes('[Tool call interrupted'))
      .map((block) => block.tool_use_id),
  );
  const later = messages.slice(prompt.at + 1).filter((message) => message.role === 'assistant').map(blocks).filter(isAnswer);
  const calls = later.map((answer) => answer.filter((block) => block.type === 'tool_use'));
  const called = calls.filter((uses) => uses.some((use) => !lost.has(use.id))).length;
  const ended = called >= script.length - 1 && calls.some((uses) => uses.length === 0);
  return ended || called >= script.length ? undefined : { step: called, reply: script[called] };
}

/** Not what the client puts into the conversation when it resumes a session. */
function isAnswer(answer) {
  return !(answer.length === 1 && answer[0].text === 'No response requested.');
}

function results(messages) {
  const last = messages.findLast((message) => message.role === 'user' && blocks(message).some((block) => block.type === 'tool_result'));
  return blocks(last ?? { content: [] })
    .filter((block) => block.type === 'tool_result')
    .map((block) => ({
      id: block.tool_use_id,
      is_error: block.is_error === true,
      text: blocks(block).map((inner) => inner.text ?? `(${inner.type})`).join('\n'),
    }));
}

/** What a person (or Quarterdeck) wrote, as against what the client adds by itself. */
function isPrompt(text) {
  const own = text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '').trim();
  return own !== '' && !own.startsWith('[Request interrupted') && !own.startsWith('<local-command');
}

function blocks({ content }) {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}

/** "You are the BUILDER" in the prompt or the system prompt; failing that, the first role in capitals. */
function roleOf(...texts) {
  const told = new RegExp(`\\byou are (?:the |an? )?(?:\\w+ )?\\**(${ROLES.join('|')})\\b`, 'i');
  const named = new RegExp(`\\b(${ROLES.join('|')})\\b`);
  for (const pattern of [told, named]) {
    for (const text of texts) {
      const said = pattern.exec(text.replace(/\[\[stub[\s\S]*?\]\]/g, ''))?.[1];
      if (said) return said.toUpperCase();
    }
  }
  return 'AGENT';
}

/** What an agent of the product says when nothing else was asked for; `token` makes it findable. */
export function handover(role, prompt, token) {
  const asked = prompt.replace(/\[\[stub[\s\S]*?\]\]/g, '').replace(/\s+/g, ' ').trim().slice(0, 80);
  return [
    `The ${role} step is done.`,
    '',
    '## Summary',
    `${token}: the ${role} looked at the request (${asked.length} characters of it quoted in its notes) and finished.`,
    '',
    '## Findings',
    `- ${token} found the working directory readable and the request clear.`,
    '',
    '## Decisions',
    '- Keep the change small and leave other files alone.',
    '',
    '## Files',
    '- none',
    '',
    '## Next steps',
    `- The next role can build on ${token}.`,
    '',
  ].join('\n');
}
