import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../../shared/config';
import { settings } from '../../../shared/config/settings';
import { appFolder, keys } from './settings';

const { Values } = JSON.parse(
  readFileSync(join(appFolder, 'local.settings.sample.json'), 'utf8'),
) as { Values: Record<string, string> };

/** Read by the Functions host, not by us. */
const ofTheHost = ['FUNCTIONS_WORKER_RUNTIME'];
const made = {
  MARKER_PUBLIC_KEYS: `1:${keys[0]?.public}`,
  MARKER_PRIVATE_KEY: keys[0]?.private ?? '',
};

describe('the sample settings', () => {
  it('list every setting and nothing else', () => {
    expect(Object.keys(Values).sort()).toEqual([...Object.keys(settings), ...ofTheHost].sort());
  });

  it('work against the local Azure once npm start has put its keys in', () => {
    const { closing, opening } = readConfig({ ...Values, ...made }, appFolder);
    expect(closing).not.toHaveProperty('faults');
    expect(opening).not.toHaveProperty('faults');
    expect(closing).toMatchObject({
      resourceManager: { endpoint: 'https://localhost:10143' },
      sweep: { gapMs: 5_000 },
    });
  });

  it('say which values npm start makes, and hold no key of their own', () => {
    for (const name of Object.keys(made)) expect(Values[name]).toMatch(/^npm start puts/);
  });
});

describe('settings', () => {
  it('that host.json takes from the environment are among those checked', () => {
    const host = readFileSync(join(appFolder, 'host.json'), 'utf8');
    const named = [...host.matchAll(/%(\w+)%/g)].map(([, name]) => name);
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(named));
  });
});
