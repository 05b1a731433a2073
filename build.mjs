/**
 * Builds what is deployed and what runs locally.
 *
 *   node build.mjs            dist/: the app as one file, with host.json and the policy beside it;
 *                             dist-sweeper/: the delete-only second app;
 *                             dist-remediator/: the third, the only one that changes VMs
 *   node build.mjs --local    and .build/: the local Azure, its Functions host, the commands
 *   node build.mjs --bench    and .build/bench/: the benchmark
 *   node build.mjs --simulation  .build/simulation/: the simulation alone
 *   node build.mjs --storm    the close storm alone
 *   node build.mjs --killtest    .build/killtest/: the kill test and a Functions host of its own
 *   node build.mjs --reliability  the page of what has been proved
 *   node build.mjs --histories  .build/histories/: the recorder of orchestrations' histories
 *   node build.mjs --cli      the commands alone: policy, audit, postern
 *   --out=DIR                 other folders than dist: DIR, DIR-sweeper and DIR-remediator
 *   --quiet                   says nothing but faults
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const flags = new Set(process.argv.slice(2));
const out = [...flags].find((flag) => flag.startsWith('--out='))?.slice('--out='.length) ?? 'dist';
const say = flags.has('--quiet') ? () => {} : (text) => console.log(text);

process.chdir(dirname(fileURLToPath(import.meta.url)));

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: 'linked',
  logLevel: 'warning',
};

/**
 * Leaves out of the artefact what the clients of Azure's providers hold and we never call: a client
 * has a class for each of its hundred groups of operations, and reading all of their text is half
 * of the time to load. A group is kept when its name is a word anywhere in `shared/azure`, so that
 * whoever begins to use one has nothing to remember.
 */
async function unusedOperations() {
  const files = await readdir('shared/azure');
  const texts = await Promise.all(
    files.map((file) => readFile(join('shared/azure', file), 'utf8')),
  );
  const words = new Set(texts.join('\n').match(/\w+/g));
  const groupForm =
    /@azure[\\/]arm-(?:network[\\/]dist[\\/]esm[\\/]operations[\\/](\w+)|compute[\\/]dist[\\/]esm[\\/]classic[\\/](\w+)[\\/]index)\.js$/;
  return {
    name: 'unused-operations',
    setup: ({ onLoad }) => {
      onLoad({ filter: groupForm }, async ({ path }) => {
        const [, ofNetwork, ofCompute] = groupForm.exec(path) ?? [];
        const group = ofNetwork ?? ofCompute ?? '';
        if (group === 'index' || words.has(group)) return undefined;
        const text = await readFile(path, 'utf8');
        const classes = [...text.matchAll(/^export class (\w+)/gm)];
        const makers = [...text.matchAll(/^export function (_get\w+)/gm)];
        return {
          contents: [
            ...classes.map(([, name]) => `export class ${name} {}`),
            ...makers.map(([, name]) => `export function ${name}() { return {}; }`),
          ].join('\n'),
        };
      });
    },
  };
}

/** How what is deployed is bundled: in one file but what the Functions host itself gives. */
async function deployed() {
  return {
    external: ['@azure/functions-core'],
    plugins: [await unusedOperations()],
    // A third of the time to load is reading the text; names stay, for whoever reads a stack trace.
    minifyWhitespace: true,
    minifySyntax: true,
    // A module of the storage client asks where it is, in the way of modules that are not CommonJS.
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  };
}

/** An artefact that is deployed. */
async function buildApp(entry, folder, label, files) {
  await rm(folder, { recursive: true, force: true });
  await build({
    ...common,
    ...(await deployed()),
    entryPoints: [entry],
    outfile: join(folder, 'main.js'),
  });
  const { name, version, license, engines } = JSON.parse(await readFile('package.json', 'utf8'));
  const manifest = { name: `${name}${label}`, version, license, engines, main: 'main.js' };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [file, from] of Object.entries(files)) await copyFile(from, join(folder, file));
  say(`${join(folder, 'main.js')} is built.`);
}

/** What runs only in a clone may use its node_modules: nothing is bundled but our own files. */
async function buildTool(entry, outfile, options = {}) {
  if (!existsSync(entry)) throw new Error(`There is no ${entry} to build.`);
  await mkdir(dirname(outfile), { recursive: true });
  await build({ ...common, entryPoints: [entry], outfile, packages: 'external', ...options });
  say(`${outfile} is built.`);
}

const tools = {
  local: ['local/main.ts', '.build/local/main.js'],
  host: ['local/functions/main.ts', '.build/local/functionsHost.js'],
  policy: ['cli/policy.ts', '.build/cli/policy.js'],
  audit: ['cli/audit.ts', '.build/cli/audit.js'],
  postern: ['cli/postern.ts', '.build/cli/postern.js'],
  bench: ['test/bench/main.ts', '.build/bench/main.js'],
  nightApp: ['test/bench/night/memoryChild.ts', '.build/bench/nightApp.js'],
  simulation: ['test/simulation/main.ts', '.build/simulation/main.js'],
  reliability: ['test/reliability/main.ts', '.build/reliability/main.js'],
  histories: ['test/histories/record.ts', '.build/histories/record.js'],
  storm: ['test/storm/main.ts', '.build/storm/main.js'],
  killtest: ['test/killtest/main.ts', '.build/killtest/main.js'],
  killtestHost: ['local/functions/main.ts', '.build/killtest/functionsHost.js'],
};

const jobs = [];
if (
  !['--cli', '--simulation', '--storm', '--reliability', '--histories'].some((flag) =>
    flags.has(flag),
  )
) {
  jobs.push(
    buildApp('functions/main.ts', out, '', {
      'host.json': 'host.json',
      'policy.yaml': 'policy.yaml',
    }),
    // Three apps, not one app with three identities: any code in an app may use all of its identities.
    buildApp('functions/sweeper/main.ts', `${out}-sweeper`, '-sweeper', {
      'host.json': 'functions/sweeper/host.json',
    }),
    buildApp('functions/remediator/main.ts', `${out}-remediator`, '-remediator', {
      'host.json': 'functions/remediator/host.json',
      'remediation.yaml': 'remediation.yaml',
    }),
  );
}
if (flags.has('--local') || flags.has('--bench')) {
  jobs.push(buildTool(...tools.local), buildTool(...tools.host));
}
if (flags.has('--local') || flags.has('--cli')) {
  jobs.push(buildTool(...tools.policy), buildTool(...tools.audit), buildTool(...tools.postern));
}
if (flags.has('--bench')) {
  // `import()` becomes `require`, as in the artefact: reading a module takes no virtual time then.
  jobs.push(buildTool(...tools.bench, { supported: { 'dynamic-import': false } }));
  // The app alone in a process, to see how much memory it takes: bundled as it is deployed.
  jobs.push(buildTool(...tools.nightApp, { packages: 'bundle', ...(await deployed()) }));
}
if (flags.has('--simulation')) {
  jobs.push(buildTool(...tools.simulation, { supported: { 'dynamic-import': false } }));
}
if (flags.has('--histories')) {
  jobs.push(buildTool(...tools.histories, { supported: { 'dynamic-import': false } }));
}
if (flags.has('--storm')) {
  jobs.push(buildTool(...tools.storm, { supported: { 'dynamic-import': false } }));
}
if (flags.has('--reliability')) jobs.push(buildTool(...tools.reliability));
if (flags.has('--killtest')) {
  jobs.push(buildTool(...tools.killtest), buildTool(...tools.killtestHost));
}
await Promise.all(jobs);
