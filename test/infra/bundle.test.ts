import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sweeperSettings as known } from '../../shared/config/sweeper';
import { goodSettings } from '../shared/config/settings';

const root = resolve(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'postern-bundle-'));
const app = join(folder, 'app');

const sweeper = `${app}-sweeper`;
const remediator = `${app}-remediator`;

/** Loads a bundle as a host would, and tells which functions it registered and how long it took. */
const load = (bundle: string) => `
  const began = performance.now();
  require(${JSON.stringify(bundle)});
  const ms = performance.now() - began;
  const { registry } = require(${JSON.stringify(join(folder, 'node_modules/@azure/functions-core'))});
  console.log('\\n' + JSON.stringify({ ms, functions: [...registry.functions.keys()] }));
`;

beforeAll(() => {
  const core = join(folder, 'node_modules/@azure/functions-core');
  mkdirSync(core, { recursive: true });
  cpSync(join(root, 'test/functions-core.cjs'), join(core, 'index.js'));
  execFileSync(process.execPath, [join(root, 'build.mjs'), '--quiet', `--out=${app}`]);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function loadWith(env: Record<string, string>, from = app): { ms: number; functions: string[] } {
  const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8' } as const;
  const said = execFileSync(process.execPath, ['-e', load(join(from, 'main.js'))], options)
    .trim()
    .split('\n');
  return JSON.parse(said.at(-1) ?? '') as { ms: number; functions: string[] };
}

describe('the artefact', () => {
  it('is one file with all that a Functions host looks for beside it', () => {
    const { main } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as {
      main: string;
    };
    for (const file of [main, 'host.json', 'policy.yaml', 'main.js.map']) {
      expect(existsSync(join(app, file))).toBe(true);
    }
  });

  it('registers doors, sleepers and timers, and loads quickly', () => {
    const { ms, functions } = loadWith(goodSettings());
    console.info(`The bundle loads in ${Math.round(ms)} ms; 400 is the most it should take.`);
    expect(functions).toEqual(
      expect.arrayContaining(['activationReceived', 'activationQueued', 'accessWindow']),
    );
  });

  it('loads without any setting, so that health can say what is missing', () => {
    expect(loadWith({}).functions.length).toBeGreaterThan(0);
  });

  it('keeps of the clients of Azure what is called, and little of the rest', () => {
    const text = readFileSync(join(app, 'main.js'), 'utf8');
    const group = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers';
    const nsg = `${group}/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}`;
    for (const path of [
      nsg,
      `${nsg}/securityRules/{securityRuleName}`,
      `${group}/Microsoft.Network/networkInterfaces/{networkInterfaceName}`,
      `${group}/Microsoft.Compute/virtualMachines/{vmName}`,
    ]) {
      expect(text.includes(path) ? '' : path).toBe('');
    }
    // A number and not the text itself: a failure would print megabytes.
    expect(text.indexOf('/applicationGateways/{applicationGatewayName}')).toBe(-1);
  });

  it('holds none of the local Azure', () => {
    const { sources } = JSON.parse(readFileSync(join(app, 'main.js.map'), 'utf8')) as {
      sources: string[];
    };
    const ours = sources.filter((source) => !source.includes('node_modules'));
    expect(ours.filter((source) => /(?:^|\/)(?:local|test|cli)\//.test(source))).toEqual([]);
    expect(ours.length).toBeGreaterThan(20);
  });
});

describe('the artefact of the sweeper app', () => {
  const bundle = () => readFileSync(join(sweeper, 'main.js'), 'utf8');

  it('registers a timer and health, nothing of the engine, no event and no other door', () => {
    const { ms, functions } = loadWith(sweeperSettings(), sweeper);
    console.info(`The sweeper's bundle loads in ${Math.round(ms)} ms.`);
    expect(functions.sort()).toEqual(['health', 'sweepDue']);
  });

  it('says so by health and an alarm when it cannot even close', () => {
    expect(loadWith({}, sweeper).functions.sort()).toEqual(['closingDisabled', 'health']);
  });

  it('holds nothing that signs, opens or reads a policy', () => {
    const { sources } = JSON.parse(readFileSync(join(sweeper, 'main.js.map'), 'utf8')) as {
      sources: string[];
    };
    const opening =
      /node_modules\/(?:durable-functions|yaml)\/|shared\/(?:config\/opening|config\.ts|policy\/|azure\/(?:signer|world|directory)\.ts)|functions\/(?:index|main)\.ts|functions\/(?:events|orchestrators|activities\/intake)\//;
    expect(sources.filter((source) => opening.test(source))).toEqual([]);
    expect(bundle()).not.toMatch(/MARKER_PRIVATE_KEY['"]?\s*,\s*['"]an Ed25519/);
    expect(bundle()).not.toMatch(/\bcreateSigner\b|\bparsePrivateKey\b|\breadPolicy\b/);
  });

  it('has its own host.json, without queues and without an engine', () => {
    const { extensions } = JSON.parse(readFileSync(join(sweeper, 'host.json'), 'utf8')) as {
      extensions: object;
    };
    expect(Object.keys(extensions)).toEqual(['http']);
    expect(existsSync(join(sweeper, 'policy.yaml'))).toBe(false);
  });
});

describe('the artefact of the remediator app', () => {
  const settings = (): Record<string, string> => ({
    ...goodSettings(),
    POLICY_FILE: '',
    MARKER_PRIVATE_KEY: '',
    REMEDIATION_MODE: 'on',
    REMEDIATION_SCHEDULE: '0 30 2 * * *',
    REMEDIATION_RULES: 'remediation.yaml',
    REMEDIATION_QUEUE: 'postern-remediation',
  });

  it('registers two timers, a queue and health, nothing of the engine and no other door', () => {
    const { ms, functions } = loadWith(settings(), remediator);
    console.info(`The remediator's bundle loads in ${Math.round(ms)} ms.`);
    expect(functions.sort()).toEqual([
      'health',
      'remediationAsked',
      'remediationDue',
      'remediationWork',
    ]);
  });

  it.each([
    ['without any setting', {}],
    ['turned off', { REMEDIATION_MODE: 'off' }],
    ['with a faulty one', { REMEDIATION_QUEUE: 'Not A Queue' }],
    ['with a key of the opener', { MARKER_PRIVATE_KEY: 'x' }],
  ])('has health alone %s', (_, changes) => {
    const given = Object.keys(changes).length === 0 ? {} : { ...settings(), ...changes };
    expect(loadWith(given, remediator).functions).toEqual(['health']);
  });

  it('holds nothing that opens, closes, signs or reaches a network', () => {
    const map = JSON.parse(readFileSync(join(remediator, 'main.js.map'), 'utf8')) as {
      sources: string[];
    };
    const others =
      /node_modules\/(?:durable-functions|@azure\/arm-(?:network|authorization|locks))\/|shared\/(?:config\/opening|config\.ts|azure\/(?:signer|world|directory|network|inventory)\.ts)|functions\/(?:index|main)\.ts|functions\/(?:events|orchestrators|activities|sweep|wishes|reconcile)\//;
    expect(map.sources.filter((source) => others.test(source))).toEqual([]);
    expect(map.sources.length).toBeGreaterThan(20);
  });

  it('has a host.json that gives a function more time than the app takes', () => {
    const { functionTimeout } = JSON.parse(readFileSync(join(remediator, 'host.json'), 'utf8')) as {
      functionTimeout: string;
    };
    expect(functionTimeout).toBe('00:10:00');
    expect(existsSync(join(remediator, 'remediation.yaml'))).toBe(true);
  });
});

/** The settings of an app that only closes: those of the whole app without what opens. */
function sweeperSettings(): Record<string, string> {
  const names: readonly string[] = known;
  return Object.fromEntries(
    Object.entries(goodSettings()).filter(([name]) => names.includes(name)),
  );
}
