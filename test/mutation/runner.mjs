import { readdirSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { createTests } from './tests.mjs';

/**
 * A test runner for Stryker, for tests that call functions and judge what comes back. Jest takes half
 * a second to begin, this a few milliseconds, and there are thousands of mutants. Like jest it loads
 * everything of the project anew for each of them; `expect` is jest's own.
 */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'quick', factory: createRunner }];

function createRunner() {
  const root = process.cwd();
  const require = createRequire(join(root, 'package.json'));
  const stryker = (globalThis.__stryker__ ??= {});

  return {
    capabilities: () => ({ reloadEnvironment: true }),

    init: () => {
      process.env.NODE_ENV = 'test';
      loadTypeScript(require);
      // The same examples for each mutant: one that dies by luck would survive the next run.
      require('fast-check').configureGlobal({ seed: 20_260_701 });
    },

    dryRun: async () => {
      delete stryker.activeMutant;
      stryker.mutantCoverage = { static: {}, perTest: {} };
      const tests = await runAll({ root, require, stryker });
      return { status: 'complete', tests, mutantCoverage: stryker.mutantCoverage };
    },

    mutantRun: async ({ activeMutant, testFilter, hitLimit }) => {
      stryker.activeMutant = activeMutant.id;
      stryker.hitLimit = hitLimit;
      stryker.hitCount = hitLimit === undefined ? undefined : 0;
      try {
        const tests = await runAll({ root, require, stryker, testFilter, stopAtFirst: true });
        const isEndless = hitLimit !== undefined && stryker.hitCount > hitLimit;
        if (isEndless) return { status: 'timeout', reason: `${stryker.hitCount} hits` };
        const failed = tests.find(({ failureMessage }) => failureMessage !== undefined);
        const nrOfTests = tests.length;
        if (failed === undefined) return { status: 'survived', nrOfTests };
        const { id, failureMessage } = failed;
        return { status: 'killed', killedBy: [id], failureMessage, nrOfTests };
      } catch (error) {
        return { status: 'error', errorMessage: String(error) };
      }
    },
  };
}

/** Runs the tests that `mutate.mjs` names; those of `testFilter` alone, if there is one. */
async function runAll({ root, require, stryker, testFilter, stopAtFirst = false }) {
  const wanted = testFilter === undefined ? null : new Set(testFilter);
  const ofJest = createRequire(require.resolve('jest'));
  const results = [];
  forget(root);
  for (const file of testFiles(root)) {
    const { globals, run } = createTests(file.slice(root.length + 1));
    Object.assign(globalThis, globals, { expect: ofJest('expect').expect });
    delete stryker.currentTestId;
    require(file);
    for await (const result of run(wanted, (id) => (stryker.currentTestId = id))) {
      results.push(result);
      if (stopAtFirst && result.failureMessage !== undefined) return results;
    }
  }
  return results;
}

/** Modules of the project are loaded anew; packages stay. */
function forget(root) {
  for (const path of Object.keys(Module._cache)) {
    if (path.startsWith(`${root}/`) && !path.includes('/node_modules/')) delete Module._cache[path];
  }
}

/** `MUTATION_TESTS`, as paths with `*` and `{a,b}` in the name of the file, separated by blanks. */
function testFiles(root) {
  const patterns = (process.env.MUTATION_TESTS ?? '').split(' ').filter((one) => one !== '');
  return patterns.flatMap((pattern) => {
    const at = pattern.lastIndexOf('/');
    const folder = join(root, pattern.slice(0, at));
    const name = pattern
      .slice(at + 1)
      .replaceAll('.', '\\.')
      .replaceAll('*', '[^/]*')
      .replaceAll(/\{([^}]*)\}/g, (_, names) => `(?:${names.replaceAll(',', '|')})`);
    const form = new RegExp(`^${name}$`);
    return readdirSync(folder)
      .filter((file) => form.test(file))
      .map((file) => join(folder, file));
  });
}

function loadTypeScript(require) {
  const { transformSync } = require('@swc/core');
  const compiled = new Map();
  Module._extensions['.ts'] = (module, filename) => {
    let code = compiled.get(filename);
    if (code === undefined) {
      ({ code } = transformSync(readFileSync(filename, 'utf8'), {
        filename,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      }));
      compiled.set(filename, code);
    }
    module._compile(code, filename);
  };
}
