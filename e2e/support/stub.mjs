//! What the stub's log says: chains, tokens and the cost they ought to have.

export { startStub } from '../stub/server.mjs';

/** USD per million tokens: input, output, cache write (5 min), cache read; Haiku 5.5 below 100,000 prompt tokens. */
const PRICES = {
  'claude-opus-5-5': [4, 20, 5, 0.2],
  'claude-sonnet-5-5': [2, 10, 2.5, 0.1],
  'claude-haiku-5-5': [0.1, 0.5, 0.125, 0.01],
};
const FIELDS = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];

/** The agents' own requests that were answered, by session: `Map<session id, entries>` in the order they were sent. */
export function chains(entries) {
  const answered = entries.filter((entry) => entry.kind === 'main' && entry.usage).sort((one, two) => one.n - two.n);
  const groups = new Map();
  for (const entry of answered) groups.set(entry.chain, [...(groups.get(entry.chain) ?? []), entry]);
  return groups;
}

/** The tokens of some entries, by kind, as the API names them. */
export function tokens(entries) {
  return Object.fromEntries(FIELDS.map((field) => [field, entries.reduce((sum, entry) => sum + (entry.usage?.[field] ?? 0), 0)]));
}

/** The cost of some entries in nano-USD, a whole number; a model without a known price is an error. */
export function costNanos(entries) {
  return entries.reduce((sum, { model, usage }) => {
    const prices = PRICES[model];
    if (!prices) throw new Error(`no price is known here for ${model}`);
    return sum + FIELDS.reduce((cost, field, at) => cost + usage[field] * Math.round(prices[at] * 1000), 0);
  }, 0);
}

/** Nano-USD as the API writes it: exact, without trailing zeros. */
export function decimal(nanos) {
  const digits = String(nanos).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '');
}

/** Nano-USD as the page writes it: half up to the form's places, then the form. */
export function shownCost(nanos) {
  const units = (places) => Math.floor((nanos * 10 ** places + 5e8) / 1e9);
  const text = (places) => `$${(units(places) / 10 ** places).toFixed(places)}`;
  if (nanos === 0) return '$0.00';
  if (nanos < 50_000) return '<$0.0001';
  return units(4) < 100 ? text(4) : text(2);
}
