const refuse = (name: string) => (): never => {
  throw new Error(`An orchestrator asked for ${name}.`);
};

/** A clock that can only be told the time: reading a given date is no look at the clock. */
function deafDate(real: DateConstructor): DateConstructor {
  return new Proxy(real, {
    construct: (target, given: unknown[], made) => {
      if (given.length === 0) refuse('the time by new Date()')();
      return Reflect.construct(target, given, made) as Date;
    },
    apply: refuse('the time by Date()'),
    get: (target, name) =>
      name === 'now' ? refuse('the time by Date.now') : (Reflect.get(target, name) as unknown),
  });
}

const deafEnvironment = (): NodeJS.ProcessEnv =>
  new Proxy<NodeJS.ProcessEnv>(
    {},
    {
      get: (_target, name) => refuse(`the setting ${String(name)}`)(),
      has: (_target, name) => refuse(`the setting ${String(name)}`)(),
      ownKeys: refuse('all settings'),
    },
  );

/**
 * Runs something while everything that differs between two replays throws: the clock, chance, the
 * network, settings and timers. What was there before is back afterwards.
 */
export async function poisoned<Result>(run: () => Promise<Result>): Promise<Result> {
  const { Date, fetch, setTimeout, setInterval, setImmediate } = globalThis;
  const { random } = Math;
  const { now } = performance;
  const { randomUUID } = globalThis.crypto;
  const { env } = process;
  Object.assign(globalThis, {
    Date: deafDate(Date),
    fetch: refuse('fetch'),
    setTimeout: refuse('setTimeout'),
    setInterval: refuse('setInterval'),
    setImmediate: refuse('setImmediate'),
  });
  Math.random = refuse('chance');
  performance.now = refuse('performance.now');
  globalThis.crypto.randomUUID = refuse('randomUUID');
  process.env = deafEnvironment();
  try {
    return await run();
  } finally {
    process.env = env;
    globalThis.crypto.randomUUID = randomUUID;
    performance.now = now;
    Math.random = random;
    Object.assign(globalThis, { Date, fetch, setTimeout, setInterval, setImmediate });
  }
}
