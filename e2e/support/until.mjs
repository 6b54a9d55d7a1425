//! Waiting for what the product will say, outside of a journey's expectations.

import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MS = 120_000;

/** What `look` finds, once it finds something; an error that names `what` if it never does. */
export async function until(look, what) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await pause(100);
  }
}
