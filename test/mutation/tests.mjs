/**
 * What a test file finds in place of jest's `describe` and `it`, as far as tests of functions use it:
 * `each`, and what runs before and after each test of its group or all of them.
 */
export function createTests(file) {
  const top = groupOf(null);
  const tests = [];
  let group = top;

  const describe = (name, body) => {
    const outer = group;
    group = groupOf(outer, name);
    try {
      body();
    } finally {
      group = outer;
    }
  };
  const it = (name, body) => {
    // Rows of a table may have the same name.
    tests.push({ id: `${file} ${titleOf(group)} ${name} #${tests.length}`, body, group });
  };
  describe.each = (rows) => (name, body) => {
    for (const row of rows) describe(name, () => body(...(Array.isArray(row) ? row : [row])));
  };
  it.each = (rows) => (name, body) => {
    for (const row of rows) it(name, () => body(...(Array.isArray(row) ? row : [row])));
  };
  const hook = (when) => (body) => group[when].push(body);
  const [beforeEach, afterEach] = ['beforeEach', 'afterEach'].map(hook);
  const [beforeAll, afterAll] = ['beforeAll', 'afterAll'].map(hook);

  /** Runs those that are wanted, all if `wanted` is null, and tells `begin` of each before. */
  async function* run(wanted, begin) {
    const begun = new Set();
    for (const { id, body, group: own } of tests) {
      if (wanted !== null && !wanted.has(id)) continue;
      const startedAt = performance.now();
      begin(id);
      const failureMessage = await failureOf(() => runOne(own, body, begun));
      const timeSpentMs = performance.now() - startedAt;
      const status = failureMessage === undefined ? 0 : 1;
      yield { id, name: id, status, timeSpentMs, ...(status === 1 && { failureMessage }) };
    }
    for (const one of begun) for (const body of one.afterAll) await body();
  }

  return {
    globals: { describe, it, test: it, beforeEach, afterEach, beforeAll, afterAll },
    run,
  };
}

function groupOf(outer, name = '') {
  return { outer, name, beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] };
}

function titleOf({ outer, name }) {
  return outer === null ? '' : `${titleOf(outer)} ${name}`.trim();
}

/** The group and those around it, the outermost first. */
function chainOf(group) {
  return group === null ? [] : [...chainOf(group.outer), group];
}

async function runOne(group, body, begun) {
  const chain = chainOf(group);
  for (const one of chain) {
    if (begun.has(one)) continue;
    begun.add(one);
    for (const before of one.beforeAll) await before();
  }
  try {
    for (const one of chain) for (const before of one.beforeEach) await before();
    await body();
  } finally {
    for (const one of chain.toReversed()) for (const after of one.afterEach) await after();
  }
}

async function failureOf(work) {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
