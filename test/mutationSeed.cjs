/**
 * Stands in for fast-check while mutants are tried: the same examples for each of them, since one
 * that dies by luck would survive the next run. Test files that have no properties do not load it.
 */
const fc = require('../node_modules/fast-check/lib/cjs/fast-check.js');

fc.configureGlobal({ seed: 20_260_701 });

module.exports = fc;
