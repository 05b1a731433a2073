import { readConfig } from '../../../shared/config';
import { settings } from '../../../shared/config/settings';
import { appFolder, goodSettings } from './settings';

const channels = Object.keys(settings).filter((name) =>
  /^NOTICES_(?:TEAMS|SLACK|WEBHOOK|TOPIC)/.test(name),
);
const none = Object.fromEntries(channels.map((name) => [name, '']));

describe('the settings of notices', () => {
  it('in order name every channel', () => {
    const { notices } = read({});
    expect(notices).toMatchObject({
      teams: expect.stringContaining('logic.azure.com') as unknown,
      slack: expect.stringContaining('hooks.slack.com') as unknown,
      webhook: { url: 'https://hooks.example.org/postern' },
      topic: { endpoint: expect.stringContaining('eventgrid') as unknown },
      schedule: '*/15 * * * * *',
      linkBase: 'https://postern.example.org',
    });
  });

  it('ask for nothing where no channel is named', () => {
    const { notices, opening } = read({ ...none, NOTICES_LINK: '', NOTICES_SCHEDULE: 'x' });
    expect(notices).toMatchObject({ teams: null, slack: null, webhook: null, topic: null });
    expect(opening).not.toHaveProperty('faults');
  });

  it.each(channels.filter((name) => !/SECRET|KEY|WEBHOOK/.test(name)))(
    'are on with %s alone, a topic by the app’s identity',
    (name) => {
      const { notices } = read({ ...none, [name]: goodSettings()[name] });
      expect(notices).not.toHaveProperty('faults');
      expect(JSON.stringify(notices)).toContain(goodSettings()[name]);
    },
  );

  it('in disorder are a fault of opening as well, and never of closing', () => {
    const { notices, opening, closing } = read({ NOTICES_LINK: 'x' });
    expect(notices).toHaveProperty('faults', [expect.stringContaining('NOTICES_LINK')]);
    expect(opening).toEqual(notices);
    expect(closing).not.toHaveProperty('faults');
  });

  it('may lead to this machine where the cloud is one’s own', () => {
    const own = { AZURE_CLOUD: 'Custom', ARM_ENDPOINT: 'https://localhost:1' };
    const here = { NOTICES_TEAMS_URL: 'https://localhost:1/teams?sig=1' };
    expect(read({ ...own, ...here }).notices).not.toHaveProperty('faults');
    expect(read(here).notices).toHaveProperty('faults');
  });

  it('name a Key Vault reference that was not resolved', () => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)';
    expect(read({ NOTICES_SLACK_URL: reference }).notices).toHaveProperty('faults', [
      expect.stringContaining('Key Vault reference'),
    ]);
  });
});

function read(changes: Record<string, string | undefined>) {
  return readConfig({ ...goodSettings(), ...changes }, appFolder);
}
