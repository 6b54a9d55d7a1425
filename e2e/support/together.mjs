//! A stub and a product for all tests of a file, begun before the first and gone after the last.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startProduct } from './product.mjs';
import { startStub } from './stub.mjs';

/** `folder` is there at once, `stub` and `product` from the first test on. `options` go to `startProduct`. */
export function together(name, options = {}) {
  const parts = { folder: mkdtempSync(join(tmpdir(), `${name}-`)), stub: undefined, product: undefined };
  before(async () => {
    parts.stub = await startStub({ log: join(parts.folder, 'log.jsonl') });
    parts.product = await startProduct({ stub: parts.stub, ...options });
  });
  after(async () => {
    await parts.product.dispose();
    await parts.stub.close();
    rmSync(parts.folder, { recursive: true });
  });
  return parts;
}
