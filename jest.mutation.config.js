const all = require('./jest.config.js');

/**
 * The tests that are about the group of files under mutation, as `mutate.mjs` names them: what only
 * reaches a file by way of a whole window's life takes seconds for each mutant.
 */
module.exports = {
  ...all,
  testMatch: (process.env.MUTATION_TESTS ?? 'test/shared/domain/**/*.test.ts')
    .split(' ')
    .map((pattern) => `<rootDir>/${pattern}`),
  moduleNameMapper: {
    ...all.moduleNameMapper,
    '^fast-check$': '<rootDir>/test/mutationSeed.cjs',
  },
  reporters: [],
  watchman: false,
};
