const verbs = ['importKey', 'verify', 'sign', 'digest'] as const;

type Verb = (...args: unknown[]) => Promise<unknown>;

/**
 * Web cryptography works on threads, which no scheduler of ours owns. Here one call of it comes
 * after the other, and whoever moves the clock can wait until none is under way: what a run does
 * then hangs neither on the machine nor on how many calls come at once.
 */
export type StillCrypto = {
  isUnderWay(): boolean;
  uninstall(): void;
};

export function installStillCrypto(): StillCrypto {
  const subtle = globalThis.crypto.subtle as unknown as Record<string, Verb>;
  let last: Promise<unknown> = Promise.resolve();
  let underWay = 0;
  for (const verb of verbs) {
    const real = (subtle[verb] as Verb).bind(subtle);
    subtle[verb] = async (...args) => {
      underWay += 1;
      const mine = last.then(() => real(...args));
      last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        underWay -= 1;
      }
    };
  }
  return {
    isUnderWay: () => underWay > 0,
    uninstall: () => {
      // The verbs of the prototype show again.
      for (const verb of verbs) delete subtle[verb];
    },
  };
}
