#!/usr/bin/env node
//! The distribution's Firefox, started as Playwright would start it. Playwright asks each browser for more than this
//! Firefox's WebDriver BiDi offers yet; what it does not know and no journey needs is answered here.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';

const FIREFOX = process.env.QUARTERDECK_FIREFOX ?? '/usr/bin/firefox-esr';
const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;
/** Journeys run with whatever colours and motion the browser has by itself. */
const NOT_KNOWN = new Set(['emulation.setMediaFeaturesOverride']);

const browser = spawn(FIREFOX, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'pipe'] });
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => browser.kill(signal));
browser.once('error', (error) => {
  console.error(`${FIREFOX} cannot be started: ${error.message}`);
  process.exit(1);
});
browser.once('exit', (code) => process.exit(code ?? 1));

createInterface({ input: browser.stderr }).on('line', async (line) => {
  const there = LISTENING.exec(line)?.[1];
  if (!there) return console.error(line);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (client, request) => between(client, new WebSocket(there.replace(/\/$/, '') + request.url)));
  server.once('listening', () => console.error(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}`));
});

/** Passes messages on, both ways and in order, but for those that only an error would come back to. */
function between(client, firefox) {
  const waiting = [];
  firefox.once('open', () => waiting.splice(0).forEach((text) => firefox.send(text)));
  client.on('message', (data) => {
    const text = String(data);
    const { id, method } = JSON.parse(text);
    if (NOT_KNOWN.has(method)) client.send(JSON.stringify({ type: 'success', id, result: {} }));
    else if (firefox.readyState === WebSocket.OPEN) firefox.send(text);
    else waiting.push(text);
  });
  firefox.on('message', (data) => client.send(String(data)));
  firefox.once('error', (error) => console.error(`the browser's socket failed: ${error.message}`));
  firefox.once('close', () => client.close());
  client.once('close', () => firefox.close());
}
