/** Closes a run with one plain line that any tool can read. */
module.exports = class PlainSummary {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests } = results;
    process.stdout.write(`\n${numPassedTests} passed, ${numFailedTests} failed\n`);
  }
};
