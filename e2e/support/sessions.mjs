//! Session files as Claude Code writes them, and the agents they become.

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.mjs';

/** A session that is written by hand: `said` and `told` add a line each; `write` puts what was added into its file. */
export class Session {
  #number = 0;
  #unwritten = '';

  /** It begins at `began`, and says something each second. */
  constructor(product, id, began) {
    const folder = join(product.home, '.claude/projects/-home-dev-app');
    mkdirSync(folder, { recursive: true });
    Object.assign(this, { product, id, began, file: join(folder, `${id}.jsonl`) });
  }

  #line(kind, content) {
    const number = this.#number;
    const message = { role: kind, id: `m${number}`, model: 'claude-opus-5-5', content, stop_reason: 'tool_use', usage: { input_tokens: 3, output_tokens: 5 } };
    const line = { type: kind, uuid: `u${number}`, parentUuid: number ? `u${number - 1}` : null, sessionId: this.id, requestId: `r${number}`, cwd: '/home/dev/app', timestamp: new Date(this.began + number * 1_000).toISOString(), message };
    this.#unwritten += `${JSON.stringify(line)}\n`;
    this.#number += 1;
    return this;
  }

  /** What the model said: a text, or blocks. */
  said(content) {
    return this.#line('assistant', typeof content === 'string' ? [{ type: 'text', text: content }] : content);
  }

  /** What it was told: a prompt, or answers of tools. */
  told(content) {
    return this.#line('user', content);
  }

  write() {
    appendFileSync(this.file, this.#unwritten);
    this.#unwritten = '';
  }

  /** The agent that it became, once it is taken in. */
  agent() {
    const of = ({ session_id, parent_id }) => session_id === this.id && !parent_id;
    return until(async () => (await this.product.call('GET', '/agents?limit=200')).items.find(of), `session ${this.id}`);
  }
}

/** Holds back the answers to what is asked for at such addresses until `release` is called. */
export async function holdBack(page, addresses) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(addresses, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
