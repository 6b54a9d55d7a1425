// The next high water after a moment.
export function nextHighWater(table, now) {
  return table.find((tide) => new Date(tide.at) > now) ?? null;
}
