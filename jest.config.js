/** Jest runs TypeScript through swc: types are checked once, by `tsc`, not per file. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    // Published as ES modules alone.
    '/node_modules/(?:jose|@seriousme)/.+\\.js$': ['@swc/jest', { module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/|@seriousme/)'],
  // The Functions SDK asks its host for this module; in tests the test's own registry answers.
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/test/functions-core.cjs' },
  // Globals are looked up in the sandbox, slowly, each time. Neither what tests replace nor a name
  // that some package declares for itself can stand here.
  sandboxInjectedGlobals: [
    'Array',
    'Error',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'Promise',
    'Reflect',
    'RegExp',
    'String',
    'Symbol',
    'TypeError',
    'WeakMap',
    'isNaN',
    'parseInt',
  ],
  reporters: ['default', '<rootDir>/test/reporter.cjs'],
  // Generous: a loaded machine is no failure, and no test waits on the real clock for its verdict.
  testTimeout: 240_000,
  // Two cores, and one worker that mostly waits on real processes.
  maxWorkers: 3,
};
