type Verb = (this: unknown, ...args: unknown[]) => Promise<unknown>;
type Holder = Record<string, Verb | undefined>;

/** What answering a call needs of Node that no scheduler of ours owns. */
function places(): [holder: object, verb: string][] {
  return [
    // On threads.
    ...['importKey', 'verify'].map((verb): [object, string] => [globalThis.crypto.subtle, verb]),
    // Through streams, in as many steps as this version of Node takes.
    [Request.prototype, 'text'],
    [Response.prototype, 'arrayBuffer'],
  ];
}

/** Work that the clock waits for before it moves. */
export type HeldWork = { isUnderWay(): boolean; uninstall(): void };

/**
 * Holds such work back until everything else has come to rest, and does one piece after the other:
 * what a run does then hangs neither on the machine, nor on the version of Node, nor on how many
 * calls come at once. `turn` ends when everything that can move has moved.
 */
export function installHeldWork(turn: () => Promise<void>): HeldWork {
  let last: Promise<unknown> = Promise.resolve();
  let underWay = 0;
  const back = places().map(([holder, verb]) => {
    const on = holder as Holder;
    const own = Object.getOwnPropertyDescriptor(on, verb);
    const real = on[verb];
    if (real === undefined) throw new Error(`There is no ${verb}.`);
    on[verb] = async function (...args) {
      underWay += 1;
      const mine = last.then(async () => {
        const result = await real.apply(this, args);
        await turn();
        return result;
      });
      last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        underWay -= 1;
      }
    };
    return (): void => {
      if (own === undefined) delete on[verb];
      else Object.defineProperty(on, verb, own);
    };
  });
  return {
    isUnderWay: () => underWay > 0,
    uninstall: () => {
      for (const restore of back) restore();
    },
  };
}
