import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSweeperConfig, sweeperSettings } from '../../../shared/config/sweeper';
import { appFolder, goodSettings, keys } from './settings';

const names: readonly string[] = sweeperSettings;
const good = (): Record<string, string> =>
  Object.fromEntries(Object.entries(goodSettings()).filter(([name]) => names.includes(name)));

describe('the settings of the sweeper app', () => {
  it('are those that closing needs, and nothing that opens', () => {
    const config = readSweeperConfig(good(), appFolder);
    expect(config).toMatchObject({
      deployment: 'abc123',
      sweep: { gapMs: 5_000 },
      sweepSettings: { mode: 'close', scopes: [] },
      settingFaults: [],
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect('publicKeys' in config && [...config.publicKeys.keys()]).toEqual([1, 2]);
  });

  it('name all faults together', () => {
    const config = readSweeperConfig({}, appFolder);
    expect('faults' in config && config.faults).toHaveLength(5);
  });

  it.each([
    ['a schedule that nobody understands', { SWEEP_SCHEDULE: 'often' }, 'SWEEP_SCHEDULE'],
    ['a mode that does not exist', { SWEEP_MODE: 'never' }, 'SWEEP_MODE'],
    ['a private key', { MARKER_PRIVATE_KEY: keys[0]?.private ?? '' }, 'MARKER_PRIVATE_KEY'],
    ['a policy', { POLICY_FILE: 'policy.yaml' }, 'POLICY_FILE'],
  ])('go on closing with %s, and say so', (_, changes, name) => {
    const config = readSweeperConfig({ ...good(), ...changes }, appFolder);
    expect(config).toMatchObject({
      settingFaults: [expect.stringContaining(name)],
      sweepSettings: { mode: 'close', scopes: [] },
    });
    expect(JSON.stringify(config)).not.toContain(keys[0]?.private ?? 'absent');
  });

  it('may lie in a folder without a manifest', () => {
    expect(readSweeperConfig(good(), '/nowhere')).toMatchObject({ version: '' });
  });

  it('stand in a sample of their own, which works once npm start has put its key in', () => {
    const { Values } = JSON.parse(
      readFileSync(join(appFolder, 'local.settings.sweeper.sample.json'), 'utf8'),
    ) as { Values: Record<string, string> };
    const { FUNCTIONS_WORKER_RUNTIME: _ofTheHost, ...ours } = Values;
    expect(Object.keys(ours).sort()).toEqual([...sweeperSettings].sort());
    const made = { MARKER_PUBLIC_KEYS: `1:${keys[0]?.public}` };
    expect(readSweeperConfig({ ...ours, ...made }, appFolder)).toMatchObject({
      settingFaults: [],
      resourceManager: { endpoint: 'https://localhost:10143' },
    });
  });
});
