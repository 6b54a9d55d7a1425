//! The stub's log: one JSON line per request, in the order in which the requests ended.

import { appendFileSync, writeFileSync } from 'node:fs';

/** Opens (and empties) a log; without a file the entries are kept in memory only. */
export function openLog(file) {
  if (file) writeFileSync(file, '');
  const entries = [];
  return {
    entries,
    write(entry) {
      entries.push(entry);
      if (file) appendFileSync(file, `${JSON.stringify(entry)}\n`);
    },
  };
}
