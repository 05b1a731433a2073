import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRemediatorConfig, remediatorSettings } from '../../../shared/config/remediator';
import { appFolder, keys } from './settings';

const { Values } = JSON.parse(
  readFileSync(join(appFolder, 'local.settings.remediator.sample.json'), 'utf8'),
) as { Values: Record<string, string> };
const { FUNCTIONS_WORKER_RUNTIME: _ofTheHost, ...good } = Values;
const read = (changes: Record<string, string | undefined> = {}) =>
  readRemediatorConfig({ ...good, ...changes }, appFolder);
const faultsOf = (changes: Record<string, string | undefined>): readonly string[] => {
  const settings = read(changes);
  return 'faults' in settings ? settings.faults : [];
};

describe('the settings of the remediator app', () => {
  it('stand in a sample of their own, which works', () => {
    expect(Object.keys(good).sort()).toEqual([...remediatorSettings].sort());
    expect(read()).toMatchObject({
      mode: 'on',
      config: {
        schedule: '0 30 2 * * *',
        timeZone: 'UTC',
        queue: 'postern-remediation',
        deployment: 'local1',
        rules: { firstNight: 'dryRun', defaultOutbound: 'refuse', windowsList: 'older' },
      },
    });
  });

  it.each([undefined, '', 'off'])(
    'are off where the mode is %j, whatever else they hold',
    (mode) => {
      expect(readRemediatorConfig({ REMEDIATION_MODE: mode }, appFolder)).toEqual({ mode: 'off' });
    },
  );

  it.each([
    ['REMEDIATION_MODE', 'perhaps'],
    ['REMEDIATION_SCHEDULE', '30 2 * * *'],
    ['REMEDIATION_SCHEDULE', undefined],
    ['REMEDIATION_TIME_ZONE', 'Mars/Olympus'],
    ['REMEDIATION_RULES', 'nowhere.yaml'],
    ['REMEDIATION_RULES', 'policy.yaml'],
    ['REMEDIATION_QUEUE', 'Not A Queue'],
    ['REMEDIATION_QUEUE', undefined],
    ['DEPLOYMENT', 'x'],
    ['MARKER_PRIVATE_KEY', keys[0]?.private],
    ['POLICY_FILE', 'policy.yaml'],
  ])('are faulty with %s = %s, and say so without its value', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults[0]).toContain(name);
    expect(JSON.stringify(faults)).not.toContain(keys[0]?.private ?? 'absent');
  });

  it('name all faults together', () => {
    expect(
      faultsOf({ REMEDIATION_QUEUE: '', REMEDIATION_SCHEDULE: '', DEPLOYMENT: '' }),
    ).toHaveLength(3);
  });
});
