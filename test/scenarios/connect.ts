import openerRole from '../../infra/roles/opener.json';
import { estateOf, vmId } from '../../local/estate';
import { loginExtension } from '../../local/estateConnect';
import type { ConnectView, ConnectVmView } from '../../shared/contract/connectView';
import { argumentsOf } from '../support/bash';
import { withBastion } from '../support/bastionEstate';
import { type Story, stories } from '../support/stories';

const bastion = {
  '--name': 'bas-hub',
  '--resource-group': 'rg-net',
};

describe('somebody who wants to connect', () => {
  const { begin } = stories();
  const estate = withBastion(
    estateOf({
      vms: [
        { name: 'vm-win', extensions: [loginExtension('Windows')], computerName: 'WIN-01' },
        {
          name: 'vm-2019',
          osName: 'Windows Server 2019 Datacenter',
          osVersion: '10.0.17763.6414',
          extensions: [{ ...loginExtension('Windows'), name: 'aad', provisioningState: 'Failed' }],
        },
        { name: 'vm-linux', osType: 'Linux', extensions: [loginExtension('Linux')] },
      ],
    }),
  );

  it('is told the right line for each machine of the open window, and when it closes', async () => {
    const story = await begin({ estate });
    story.activate({ minutes: 30 });
    await story.seconds(20);
    expect(story.reaches('vm-win')).toBe(true);
    const help = await connect(story);
    expect(help).toMatchObject({ phase: 'open', missing: [], ports: ['tcp/22', 'tcp/3389'] });
    expect(Date.parse(help.until) - Date.parse(help.closingBegins)).toBe(180_000);

    const windows = vm(help, 'vm-win');
    expect(codes(windows)).toEqual(['bastionNotInWindow']);
    expect(windows.rdp?.text).toContain('full address:s:WIN-01\r\nenablerdsaadauth:i:1\r\n');
    const rdp = argumentsFor(windows, 'bastion', 'rdp');
    expect(rdp.slice(0, 4)).toEqual(['az', 'network', 'bastion', 'rdp']);
    for (const [flag, value] of Object.entries(bastion)) {
      expect(rdp[rdp.indexOf(flag) + 1]).toBe(value);
    }
    expect(rdp.slice(-3)).toEqual(['--target-resource-id', vmId('vm-win'), '--enable-mfa']);

    const old = vm(help, 'vm-2019');
    expect(codes(old)).toEqual(['noWebAccount', 'extensionFailed', 'bastionNotInWindow']);
    expect(argumentsFor(old, 'bastion', 'rdp').at(-1)).toBe(vmId('vm-2019'));

    const linux = vm(help, 'vm-linux');
    expect([codes(linux), linux.login]).toEqual([['bastionNotInWindow'], 'administrator']);
    expect(argumentsFor(linux, 'public', 'ssh').slice(-4)).toEqual([
      '--resource-group',
      'rg-app',
      '--name',
      'vm-linux',
    ]);

    const file = await get(story, `windows/${help.window}/connect.rdp?vm=vm-win`);
    expect(file).toMatchObject({ status: 200, body: windows.rdp?.text });
    await story.minutes(31);
    expect(await connect(story)).toMatchObject({
      phase: 'closed',
      missing: [{ code: 'windowClosed' }],
      vms: [],
    });
    expect(story.reasons()).toEqual([]);
  });

  it('is told that a machine has been stopped, and that it closes', async () => {
    const story = await begin({ estate });
    story.activate({ minutes: 30, scope: vmId('vm-linux') });
    await story.seconds(20);
    story.azure.resourceManager.estate.setPowerState(vmId('vm-linux'), 'deallocated');
    await story.minutes(2);
    expect(codes(vm(await connect(story), 'vm-linux'))).toContain('vmNotRunning');
    await story.seconds(24 * 60 + 41);
    const { phase, missing } = await connect(story);
    expect([phase, missing[0]?.code]).toEqual(['closing', 'windowClosing']);
    await story.minutes(4);
    expect(story.reasons()).toEqual([]);
  });

  it('gets the lines that hold although the app may read no Bastion and no extension', async () => {
    const role = openerRole as { Actions: string[] };
    const Actions = role.Actions.filter((one) => !/bastionHosts|extensions/.test(one));
    const story = await begin({ estate, roles: { opener: { ...role, Actions } } });
    story.activate({ minutes: 30 });
    await story.seconds(20);
    const linux = vm(await connect(story), 'vm-linux');
    expect(codes(linux)).toEqual(['extensionMissing']);
    expect(argumentsFor(linux, 'public', 'ssh').slice(0, 3)).toEqual(['az', 'ssh', 'vm']);
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
  });
});

async function get(story: Story, path: string): Promise<{ status: number; body: string }> {
  const { origin } = story.host().address;
  const headers = { 'x-local-persona': 'ada' };
  const url = `${origin}/api/${path}`;
  const { status, body } = await story.host().http({ method: 'GET', url, headers });
  return { status, body: String(body) };
}

/** Help for the one window there is. */
async function connect(story: Story): Promise<ConnectView> {
  const all = JSON.parse((await get(story, 'windows?all=true')).body) as {
    windows: { id: string }[];
  };
  const { status, body } = await get(story, `windows/${all.windows[0]?.id}/connect`);
  expect([status, all.windows.length]).toEqual([200, 1]);
  return JSON.parse(body) as ConnectView;
}

function vm({ vms }: ConnectView, wanted: string): ConnectVmView {
  const found = vms.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`Nothing is said of ${wanted}.`);
  return found;
}

function codes({ missing }: ConnectVmView): string[] {
  return missing.map(({ code }) => code);
}

/** What bash would hand to the command of a line. */
function argumentsFor({ lines }: ConnectVmView, way: string, use: string): string[] {
  const line = lines.find((one) => one.via === way && one.use === use)?.line ?? '';
  return argumentsOf([line])[0] ?? [];
}
