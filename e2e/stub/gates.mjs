//! Named gates at which a stream stops until a test lets it go on, so that no test needs to sleep.

export class Gates {
  #open = new Set();
  #waiting = new Map();
  #watchers = new Map();

  /** Waits at a gate. An opened gate stays open; a client that leaves stops waiting. */
  wait(name, chain, response) {
    if (this.#open.has(name)) return Promise.resolve();
    return new Promise((resolve) => {
      const one = { chain, resolve };
      const group = this.#waiting.get(name) ?? new Set();
      this.#waiting.set(name, group.add(one));
      response.once('close', () => {
        group.delete(one);
        resolve();
      });
      for (const watcher of this.#watchers.get(name) ?? []) watcher(chain);
      this.#watchers.delete(name);
    });
  }

  /** Answers with the chain that stands at the gate, as soon as one does. */
  held(name) {
    const [one] = this.#waiting.get(name) ?? [];
    if (one) return Promise.resolve(one.chain);
    return new Promise((resolve) => this.#watchers.set(name, [...(this.#watchers.get(name) ?? []), resolve]));
  }

  /** Opens a gate for good; answers how many were waiting. */
  release(name) {
    this.#open.add(name);
    const group = [...(this.#waiting.get(name) ?? [])];
    this.#waiting.delete(name);
    for (const one of group) one.resolve();
    return group.length;
  }
}
