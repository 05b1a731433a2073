/**
 * Mutation tests of the safety core, group by group, each against the tests that are about it.
 *
 *   node mutate.mjs              every group
 *   node mutate.mjs GROUP…       these groups
 *   node mutate.mjs --list       what there is
 *
 * Writes the rows of what it ran into docs/mutation.md and prints what survived. Exit code 1 below
 * the threshold.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Stryker } from '@stryker-mutator/core';

const domain = 'shared/domain';
const window = `${domain}/window`;
const windowTests = 'test/shared/domain/window';
const sweep = 'functions/sweep';
const sweepTests = `test/${sweep}`;
const calendarTests = 'test/shared/domain/calendar';
const remediation = `${domain}/remediation`;
const remediationTests = `test/${remediation}`;

/**
 * Every test file of a group is loaded for each of its mutants, so groups are small and have only
 * the tests that are about them. `texts`: text literals are mutated as well. Elsewhere they are
 * values of unions, which the compiler checks, or texts for people.
 */
const groups = {
  ids: {
    files: [`${domain}/marker.ts`, `${domain}/identity.ts`, `${domain}/instant.ts`],
    tests: ['test/shared/domain/{marker,instant}.test.ts'],
    texts: true,
  },
  deadline: {
    files: [`${window}/deadline.ts`, `${window}/hurry.ts`, `${window}/pace.ts`],
    tests: [`${windowTests}/{deadline,hurry,rowDecisions}.test.ts`],
  },
  faults: {
    files: [`${domain}/classify.ts`, `${domain}/reaction.ts`],
    tests: ['test/shared/azure/classify.test.ts', 'test/shared/domain/reaction.test.ts'],
    texts: true,
  },
  ownership: {
    files: [`${domain}/sweep/judgeRule.ts`, `${domain}/nsg/sameRule.ts`],
    tests: ['test/shared/domain/sweep/*.test.ts', 'test/shared/domain/nsg/*.test.ts'],
  },
  steps: {
    files: [
      'nextStep',
      'openingStep',
      'closingStep',
      'missingStep',
      'confirmStep',
      'watchStep',
    ].map((name) => `${window}/${name}.ts`),
    tests: [`${windowTests}/{nextStep,steps,rowDecisions,watchExtend}.test.ts`],
  },
  row: {
    files: ['judgeRow', 'phase'].map((name) => `${window}/${name}.ts`),
    tests: [`${windowTests}/{rowDecisions,judgeRow,phase}.test.ts`],
  },
  apply: {
    files: [`${window}/apply.ts`],
    tests: [`${windowTests}/apply.test.ts`],
  },
  extend: {
    files: ['extendStep', 'extendRow', 'wishExtend', 'wishClose', 'signedMarker'].map(
      (name) => `${window}/${name}.ts`,
    ),
    tests: [`${windowTests}/extend.test.ts`],
  },
  plan: {
    files: ['plan', 'priority', 'slots', 'replan'].map((name) => `${window}/${name}.ts`),
    tests: [`${windowTests}/{plan,priority}.test.ts`],
  },
  looks: {
    files: [`${window}/lookTimes.ts`, `${window}/targetDrift.ts`],
    tests: [`${windowTests}/{lookTimes,targetDrift}.test.ts`],
  },
  policy: {
    files: [`${domain}/policy/stillGranted.ts`],
    tests: ['test/shared/domain/policy/stillGranted.test.ts'],
  },
  late: {
    files: [`${window}/overrun.ts`],
    tests: [`${windowTests}/overrun.test.ts`],
  },
  calendar: {
    files: [
      'calendar',
      'expectedCloses',
      'guard',
      'learnDeletes',
      'planClose',
      'planOpen',
      'tracks',
      'windowGuard',
    ].map((name) => `${domain}/calendar/${name}.ts`),
    // Without the storm: a thousand windows take seconds for each mutant.
    tests: [`${calendarTests}/{calendar,expectedCloses,guard,planClose,planOpen,tracks}.test.ts`],
    // Many of its mutants search for a place for ever.
    timeoutMS: 15_000,
  },
  turns: {
    files: [`${domain}/calendar/turn.ts`],
    tests: [`${calendarTests}/turn.test.ts`],
  },
  sweepPace: {
    files: ['sweeps', 'memory', 'heartbeat'].map((name) => `${sweep}/${name}.ts`),
    tests: [`${sweepTests}/{sweeps,memory,heartbeat}.test.ts`],
  },
  sweepFind: {
    files: [`${sweep}/findRules.ts`, `${sweep}/judgeRules.ts`],
    tests: [`${sweepTests}/{find,findInTrouble,judge}.test.ts`],
  },
  sweepLook: {
    files: [`${sweep}/lookAgain.ts`],
    tests: [`${sweepTests}/{lookAgain,extending}.test.ts`],
  },
  sweepRemove: {
    files: [`${sweep}/removeDue.ts`],
    tests: [`${sweepTests}/remove.test.ts`],
  },
  sweep: {
    files: [`${sweep}/sweepRules.ts`, `${sweep}/sweep.ts`],
    tests: [`${sweepTests}/{rules,sweep,manner}.test.ts`],
  },
  judge: {
    files: [
      'judgeCandidate',
      'natureChecks',
      'stateChecks',
      'loginExtension',
      'osSupport',
      'linuxOf',
      'tags',
    ].map((name) => `${remediation}/${name}.ts`),
    tests: [
      `${remediationTests}/{judgeCandidate,natureChecks,stateChecks,osSupport}.test.ts`,
      `${remediationTests}/loginExtension.test.ts`,
    ],
  },
  decode: {
    files: ['decodeFailure', 'exitCodesIn', 'explainSignIn', 'fingerprintOf'].map(
      (name) => `${remediation}/${name}.ts`,
    ),
    tests: [`${remediationTests}/{decodeFailure,exitCodesIn,explainSignIn,fingerprintOf}.test.ts`],
  },
  night: {
    files: [
      'lookAtMachine',
      'afterWrite',
      'afterFault',
      'afterNight',
      'firstEntry',
      'scopesAsked',
      'tokenBucket',
      'retryOf',
      'runProgress',
    ].map((name) => `${remediation}/${name}.ts`),
    tests: [
      `${remediationTests}/{lookAtMachine,afterWrite,afterNight,scopesAsked}.test.ts`,
      `${remediationTests}/{tokenBucket,runProgress}.test.ts`,
    ],
  },
};

const threshold = 90;
const page = 'docs/mutation.md';
const asked = process.argv.slice(2);

if (asked.includes('--list')) {
  for (const [name, { files }] of Object.entries(groups))
    console.log(`${name}: ${files.join(', ')}`);
} else {
  const names = asked.length > 0 ? asked : Object.keys(groups);
  for (const name of names) await run(name);
}

async function run(name) {
  const group = groups[name];
  if (group === undefined) throw new Error(`There is no group ${name}: see --list.`);
  process.env.MUTATION_TESTS = group.tests.join(' ');
  const results = await new Stryker({
    mutate: group.files,
    testRunner: group.tests.every((path) => path.startsWith('test/shared/')) ? 'quick' : 'jest',
    ...(group.timeoutMS === undefined ? {} : { timeoutMS: group.timeoutMS }),
    mutator: { excludedMutations: group.texts === true ? [] : ['StringLiteral'] },
  }).runMutationTest();
  for (const path of new Set(results.map(({ fileName }) => fileName))) {
    const mutants = results.filter(
      ({ fileName, status }) => fileName === path && status !== 'Ignored',
    );
    const file = path.slice(path.search(/(?:shared|functions)\//));
    for (const mutant of mutants.filter(({ status }) => status !== 'Killed')) print(file, mutant);
    const row = rowOf(file, mutants);
    console.log(row.text);
    note(file, row.text);
    if (row.score < threshold) process.exitCode = 1;
  }
}

function print(file, { status, mutatorName, location, replacement }) {
  const { line } = location.start;
  const source = readFileSync(file, 'utf8').split('\n')[line - 1]?.trim();
  console.log(`${file}:${line} ${status} ${mutatorName}\n  - ${source}\n  + ${replacement}`);
}

function rowOf(file, mutants) {
  const count = (status) => mutants.filter((mutant) => mutant.status === status).length;
  const counts = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map(count);
  const [killed = 0, late = 0] = counts;
  const judged = counts.reduce((sum, one) => sum + one, 0);
  // A mutant that only ran out of time is no proof on a loaded machine: the score leaves it out.
  const score = (100 * killed) / Math.max(1, judged - late);
  const commit = execFileSync('git', ['rev-parse', '--short=7', 'HEAD'], {
    encoding: 'utf8',
  }).trim();
  const cells = [`\`${file}\``, mutants.length, ...counts];
  return { score, text: `| ${[...cells, score.toFixed(1), commit].join(' | ')} |` };
}

/** Replaces the file's row, or adds one behind the last, and says on which machine it was measured. */
function note(file, text) {
  const lines = readFileSync(page, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.startsWith(`| \`${file}\` `));
  const last = lines.findLastIndex((line) => line.startsWith('| `'));
  if (at >= 0) lines[at] = text;
  else
    lines.splice(
      (last >= 0 ? last : lines.findIndex((line) => line.startsWith('| ---'))) + 1,
      0,
      text,
    );
  const machine = `Machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}.`;
  const machineAt = lines.findIndex((line) => line.startsWith('Machine: '));
  if (machineAt >= 0) lines[machineAt] = machine;
  writeFileSync(page, lines.join('\n'));
}
