//! `node stub/main.mjs [--port 0] [--log FILE]`: runs the stub until its process is ended.

import { parseArgs } from 'node:util';
import { startStub } from './server.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, log: { type: 'string' } } });
const stub = await startStub({ port: Number(values.port), log: values.log });
console.log(`stub ready ${stub.url}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await stub.close();
    process.exit(0);
  });
}
