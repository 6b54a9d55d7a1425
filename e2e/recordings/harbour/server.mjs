import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { nextHighWater } from './tides.mjs';

const table = JSON.parse(readFileSync(new URL('tides.json', import.meta.url)));

createServer((request, response) => {
  if (request.url !== '/tide') {
    response.writeHead(404).end();
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(nextHighWater(table, new Date())));
}).listen(process.env.PORT ?? 8080, '127.0.0.1');
