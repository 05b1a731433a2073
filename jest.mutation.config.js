const all = require('./jest.config.js');

/** The tests of the safety core: each mutant is tried against those of them that reach it. */
module.exports = {
  ...all,
  testMatch: [
    '<rootDir>/test/shared/domain/**/*.test.ts',
    '<rootDir>/test/functions/{activities,sweep}/**/*.test.ts',
  ],
  reporters: [],
};
