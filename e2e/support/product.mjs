//! The product under test: starts the binary on a free port, talks to it, kills it, starts it again.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { CLAUDE_BIN, claudeEnvironment } from './claude.mjs';

const BUILT = fileURLToPath(new URL('../../target/release/quarterdeck', import.meta.url));
const READY = /^Quarterdeck is ready: (http:\/\/\S+?)\/login#(\S+)$/;
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 20_000;

/**
 * Starts the product: `{stub?, claude?, args?, env?}`. `claude: false` hides the CLI.
 * `home` is the user's home (workspaces go there), `dataDir` the data directory; both are removed by `dispose`.
 */
export async function startProduct({ stub, claude = true, args = [], env = {} } = {}) {
  const bin = process.env.QUARTERDECK_BIN ?? BUILT;
  if (!existsSync(bin)) throw new Error(`there is no product at ${bin}; build it with \`cargo xtask build\` or set QUARTERDECK_BIN`);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-')));
  const home = join(folder, 'home');
  mkdirSync(home);
  const product = new Product({
    bin,
    folder,
    home,
    args,
    env: {
      ...claudeEnvironment(stub?.url ?? 'http://127.0.0.1:9', home),
      XDG_CONFIG_HOME: join(folder, 'config'),
      QUARTERDECK_CLAUDE_BIN: claude ? CLAUDE_BIN : join(folder, 'no-claude'),
      ...env,
    },
  });
  try {
    await product.start();
  } catch (error) {
    await product.dispose();
    throw error;
  }
  return product;
}

/** Starts the product that is measured, on the filled data directory of a folder; whoever made the folder removes it. */
export async function startMeasured(folder) {
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = { ...claudeEnvironment('http://127.0.0.1:9', home), XDG_CONFIG_HOME: join(folder, 'config') };
  const product = new Product({ bin: process.env.QUARTERDECK_BIN, folder, home, args: [], env });
  await product.start();
  return product;
}

export class Product {
  #given;
  #child;
  #exit;
  #log = '';

  constructor(given) {
    this.#given = given;
    this.bin = given.bin;
    this.home = given.home;
    this.dataDir = join(given.folder, 'data');
    this.port = 0;
  }

  /** Starts the process and waits for its ready line; a later start takes the same port and data directory. */
  async start() {
    const { bin, args, env, home } = this.#given;
    const argv = ['serve', '--port', String(this.port), '--data-dir', this.dataDir, ...args];
    const child = spawn(bin, argv, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: null, signal: null, error }));
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    child.stderr.on('data', (part) => (this.#log += part));
    const ready = new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#log += `${line}\n`;
        const match = READY.exec(line);
        if (match) resolve(match);
      });
    });
    const ended = this.#exit.then(({ code, signal, error }) => {
      throw new Error(`the product ended before it was ready (${error?.message ?? code ?? signal}):\n${this.#log}`);
    });
    const [, url, code] = await within(START_LIMIT_MS, Promise.race([ready, ended]), () => `the product is not ready:\n${this.#log}`);
    this.url = url;
    this.port = Number(new URL(url).port);
    this.loginUrl = `${url}/login#${code}`;
  }

  get pid() {
    return this.#child.pid;
  }

  /** All it has said on stdout and stderr. */
  get log() {
    return this.#log;
  }

  /** The key of the data directory. */
  get key() {
    return readFileSync(join(this.dataDir, 'api_key'), 'utf8').trim();
  }

  /** A folder inside the home, made if need be: a working directory that is permitted. */
  workspace(name) {
    const path = join(this.home, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** One request with the key, to any path: `{status, headers, body}`. */
  async request(method, path, body, headers = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text };
  }

  /** The body of a request under `/api/v1` that must succeed. */
  async call(method, path, body) {
    const reply = await this.request(method, `/api/v1${path}`, body);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** A socket client: `{frames, until(test), closed, close()}`; `after` asks for the events since. */
  async socket(path, after) {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}${path}`, { headers: { authorization: `Bearer ${this.key}` } });
    const frames = [];
    let watchers = [];
    socket.on('message', (data) => {
      const frame = JSON.parse(data);
      frames.push(frame);
      watchers = watchers.filter((watcher) => !watcher(frame));
    });
    const closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
    await new Promise((resolve, reject) => socket.once('open', resolve).on('error', reject));
    socket.send(JSON.stringify(after === undefined ? { type: 'hello' } : { type: 'hello', after }));
    return {
      frames,
      closed,
      close: () => socket.close(),
      until(test) {
        const seen = frames.find(test);
        if (seen) return Promise.resolve(seen);
        const found = new Promise((resolve) => watchers.push((frame) => test(frame) && (resolve(frame), true)));
        const gone = closed.then((code) => {
          throw new Error(`the socket ${path} closed (${code}) before the frame came`);
        });
        return Promise.race([found, gone]);
      },
    };
  }

  /** kill -9; answers when the process is gone. */
  async kill() {
    this.#child.kill('SIGKILL');
    return this.#exit;
  }

  /** Ends it as an operator would; answers its exit code. */
  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    try {
      return (await within(STOP_LIMIT_MS, this.#exit, () => `the product does not end:\n${this.#log}`)).code;
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Command lines of living processes that belong to this product: itself, its agents and all they started. */
  processes() {
    const mark = `HOME=${this.home}\0`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => readOrNothing(`/proc/${pid}/environ`).includes(mark))
      .map((pid) => `${pid} ${readOrNothing(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}`);
  }

  /** Answers once nothing of this product runs any more; an orphan is an error that names it. */
  async gone() {
    const deadline = Date.now() + STOP_LIMIT_MS;
    while (this.processes().length > 0) {
      if (Date.now() > deadline) throw new Error(`orphans of the product:\n${this.processes().join('\n')}`);
      await pause(20);
    }
  }

  /** Stops it, makes sure that nothing is left behind, and removes its folders. */
  async dispose() {
    try {
      await this.stop();
      await this.gone();
    } finally {
      rmSync(this.#given.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** A process may end while it is looked at. */
function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A promise with a limit that only a broken product reaches. */
function within(ms, promise, words) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`after ${ms} ms ${words()}`)), ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
