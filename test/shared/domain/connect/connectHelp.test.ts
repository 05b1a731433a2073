import type { MachineFacts } from '../../../../shared/domain/connect/facts';
import { connectHelp } from '../../../../shared/domain/connect/connectHelp';
import { nowOf } from '../../../../shared/domain/instant';
import { closingStartOf } from '../../../../shared/domain/window/deadline';
import type { WindowRow } from '../../../../shared/domain/window/windowRow';
import {
  bastion,
  bastionId,
  bastionPrefix,
  codesOf,
  from,
  helpOf,
  linesOf,
  linuxVm,
  openRow,
  ports,
  rowOf,
  time,
  vmIdOf,
  windowsVm,
} from '../../../support/connecting';

const sub = '11111111-1111-4111-8111-111111111111';
const named = `--subscription ${sub} --resource-group rg-app --name vm-1`;
const host = `--subscription ${sub} --name bas-hub --resource-group rg-hub`;
const target = `--target-resource-id ${vmIdOf('vm-1')}`;
const privately = from('192.168.7.0/24');

describe('a Linux machine', () => {
  it('from a public address: by name, by a configuration, by plain ssh', () => {
    const help = helpOf(openRow(), { machines: [linuxVm()] });
    expect(linesOf(help)).toEqual([
      `public ssh: az ssh vm ${named}`,
      `public sshConfig: az ssh config ${named} --file ./rg-app-vm-1.sshconfig --overwrite`,
      'public sshPlain: ssh -F ./rg-app-vm-1.sshconfig rg-app-vm-1',
    ]);
    expect(codesOf(help)).toEqual([]);
    expect(help.machines[0]).toMatchObject({ rdp: null, login: 'administrator' });
  });

  it('from a private range: by its private address', () => {
    const [line] = linesOf(helpOf(openRow(privately), { machines: [linuxVm()] }));
    expect(line).toBe('private ssh: az ssh vm --ip 10.0.0.4');
  });

  it('whose private address nobody knows: by name, the private address preferred', () => {
    const row = { ...openRow(privately), placements: [] };
    const [line] = linesOf(helpOf(row, { machines: [linuxVm({ addresses: [] })] }));
    expect(line).toBe(`private ssh: az ssh vm ${named} --prefer-private-ip`);
  });

  it('through a Bastion: signed in with Entra ID, and a tunnel for each port', () => {
    const help = helpOf(openRow({ ...from(bastionPrefix), ...ports('22', '8080') }), {
      machines: [linuxVm()],
      bastions: [bastion()],
    });
    expect(linesOf(help)).toEqual([
      `bastion ssh: az network bastion ssh ${host} ${target} --auth-type AAD`,
      `bastion tunnel: az network bastion tunnel ${host} ${target} --resource-port 22 --port 10022`,
      `bastion tunnel: az network bastion tunnel ${host} ${target} --resource-port 8080 --port 18080`,
    ]);
    expect(codesOf(help)).toEqual([]);
  });
});

describe('a Windows machine', () => {
  it('has a file for Remote Desktop with its host name, and how that is found', () => {
    const help = helpOf(openRow(), { machines: [windowsVm()] });
    const { rdp } = help.machines[0] ?? {};
    expect(rdp).toMatchObject({ fileName: 'VM-1.rdp', hostName: 'VM-1', hostsEntries: [] });
    const text = rdp?.text ?? '';
    expect(text.endsWith('\r\n')).toBe(true);
    const settings = text.trimEnd().split('\r\n');
    expect(settings).toEqual(
      expect.arrayContaining(['full address:s:VM-1', 'enablerdsaadauth:i:1']),
    );
    expect(text).not.toMatch(/username|10\.0\.0\.4|[^\r]\n/);
    expect(linesOf(help)).toEqual([
      `public publicAddress: az vm list-ip-addresses ${named} --query '[].virtualMachine.network.publicIpAddresses[].ipAddress' --output tsv`,
      'public rdp: mstsc.exe VM-1.rdp',
    ]);
    expect(codesOf(help)).toEqual([]);
  });

  it('from a private range has the entry for the hosts file', () => {
    const help = helpOf(openRow(privately), { machines: [windowsVm()] });
    expect(help.machines[0]?.rdp?.hostsEntries).toEqual(['10.0.0.4 VM-1']);
  });

  it.each<[string, Partial<MachineFacts>, boolean, readonly string[]]>([
    ['Server 2022', {}, true, []],
    ['Server 2025', { osVersion: '10.0.26100.1', osName: 'Windows Server 2025' }, true, []],
    ['Windows 10 20H2', { osVersion: '10.0.19042.1', osName: 'Windows 10 Pro' }, true, []],
    ['Windows 11', { osVersion: '10.0.22000.1', osName: 'Windows 11 Pro' }, true, []],
    [
      'Windows 10 2004',
      { osVersion: '10.0.19041.1', osName: 'Windows 10 Pro' },
      false,
      ['noWebAccount'],
    ],
    [
      'Server 2019',
      { osVersion: '10.0.17763.1', osName: 'Windows Server 2019' },
      false,
      ['noWebAccount'],
    ],
    [
      'nobody knows which',
      { osVersion: '', osName: '', image: { publisher: '', offer: '', sku: '' } },
      false,
      ['osUnknown'],
    ],
    [
      'Server 2016',
      { osVersion: '10.0.14393.1', osName: 'Windows Server 2016' },
      false,
      ['noWebAccount', 'loginUnsupported'],
    ],
  ])('%s through a Bastion: --enable-mfa is %s right', (_name, facts, mfa, codes) => {
    const help = helpOf(openRow(from(bastionPrefix)), {
      machines: [windowsVm(facts)],
      bastions: [bastion()],
    });
    const rdp = `az network bastion rdp ${host} ${target}${mfa ? ' --enable-mfa' : ''}`;
    expect(linesOf(help).slice(0, 2)).toEqual([
      `bastion rdp: ${rdp}`,
      `bastion rdpConfigure: ${rdp} --configure`,
    ]);
    expect(codesOf(help)).toEqual(codes);
    expect(help.machines[0]?.rdp).toBeNull();
  });

  it('of a release without web accounts gets the file for the older way', () => {
    const facts = { osVersion: '10.0.17763.1', osName: 'Windows Server 2019' };
    const { machines } = helpOf(openRow(), { machines: [windowsVm(facts)] });
    expect(machines[0]?.rdp?.text).toContain(
      '\r\nenablerdsaadauth:i:0\r\ntargetisaadjoined:i:1\r\n',
    );
  });

  it('with WinRM among the ports: PowerShell, with TLS on the one port only', () => {
    const help = helpOf(openRow({ ...privately, ...ports('5985-5986') }), {
      machines: [windowsVm()],
    });
    const enter = 'Enter-PSSession -ComputerName VM-1 -Port';
    expect(linesOf(help)).toEqual([
      `private winrm: pwsh -NoExit -Command '${enter} 5985 -Credential (Get-Credential)'`,
      `private winrm: pwsh -NoExit -Command '${enter} 5986 -UseSSL -Credential (Get-Credential)'`,
    ]);
    expect(codesOf(help)).toEqual(['portNotInWindow']);
  });
});

describe('a Bastion', () => {
  const peered = { vnetId: `${bastionId}-vnet`, prefixes: [] };
  it.each<[string, Parameters<typeof bastion>[0], string[], string[]]>([
    ['in the network', {}, [bastionId], ['bastionNotInWindow']],
    [
      'in a peered network',
      { ...peered, peerIds: [vmVnet()] },
      [bastionId],
      ['bastionNotInWindow'],
    ],
    ['elsewhere', peered, [], []],
    ['of SKU Basic', { sku: 'Basic', tunneling: false }, [], ['bastionSku']],
    ['of SKU Developer', { sku: 'Developer' }, [], ['bastionSku']],
    ['of SKU Premium', { sku: 'premium' }, [bastionId], ['bastionNotInWindow']],
    ['without native clients', { tunneling: false }, [], ['bastionNativeOff']],
    ['that is made', { state: 'Updating' }, [], ['bastionNotReady']],
    ['with a strange id', { id: "/x'; id; '" }, [], []],
  ])('%s', (_name, changes, used, codes) => {
    const help = helpOf(openRow(), { machines: [linuxVm()], bastions: [bastion(changes)] });
    const lines = linesOf(help).filter((line) => line.startsWith('bastion ssh'));
    expect(lines).toHaveLength(used.length);
    expect(codesOf(help)).toEqual(codes);
    // The way without it stays.
    expect(linesOf(help)[0]).toBe(`public ssh: az ssh vm ${named}`);
  });

  it('that can be used silences those that cannot, and one that is let in is preferred', () => {
    const other = (name: string, changes: object) =>
      bastion({ id: bastionId.replace('bas-hub', name), ...changes });
    const help = helpOf(openRow(from(bastionPrefix)), {
      machines: [linuxVm()],
      bastions: [
        other('a-near', { prefixes: ['10.8.0.0/26'] }),
        other('b-basic', { sku: 'Basic' }),
        bastion({ vnetId: 'elsewhere' }),
      ],
    });
    expect(linesOf(help)[0]).toContain('--name bas-hub');
    expect(codesOf(help)).toEqual([]);
  });

  it('of a window that lets nothing else in leaves no other line', () => {
    const row = openRow(from(bastionPrefix));
    const help = helpOf(row, { machines: [windowsVm()], bastions: [bastion({ sku: 'Basic' })] });
    expect(linesOf(help)).toEqual([]);
    expect(codesOf(help)).toEqual(['bastionSku']);
  });

  function vmVnet(): string {
    return bastion().vnetId.toUpperCase();
  }
});

describe('the phase of the window', () => {
  const at = (row: WindowRow) => helpOf(row, { machines: [linuxVm()] });
  const row = openRow();
  it.each<[string, WindowRow, string, string[], number]>([
    ['planned', rowOf(time, row.grant), 'planned', ['windowNotOpenYet'], 3],
    ['opening', openRow({}, 'putting'), 'opening', ['windowNotOpenYet'], 3],
    ['open', row, 'open', [], 3],
    ['closing', { ...row, wish: 'closed' }, 'closing', ['windowClosing'], 3],
    ['closed', { ...row, concludedAt: time.now }, 'closed', ['windowClosed'], 0],
    ['refused', refused(), 'refused', ['windowRefused'], 0],
  ])('%s', (_name, one, phase, codes, lines) => {
    const help = at(one);
    expect(help.phase).toBe(phase);
    expect(help.missing.map(({ code }) => code)).toEqual(codes);
    expect(linesOf(help)).toHaveLength(lines);
  });

  it('tells when closing begins and when the rules must be gone', () => {
    expect(at(row)).toMatchObject({
      closingBeginsAt: closingStartOf(row),
      untilAt: row.until,
      ports: ['tcp/22', 'tcp/3389'],
      sources: ['203.0.113.10/32'],
    });
  });

  it('is closing by the clock although nobody has begun', () => {
    const index = { facts: { machines: [], bastions: [] } };
    const now = nowOf(closingStartOf(row), 0);
    const help = connectHelp(row, { index, roles: { facts: [] } }, now);
    expect(help.missing.map(({ code }) => code)).toEqual(['windowClosing']);
  });

  function refused(): WindowRow {
    const refusals = [{ vmId: '', code: 'noTargets', rule: 'none', next: 'none' }];
    const grant = { ...row.grant, targets: [] };
    return { ...rowOf(time, grant), refusals, concludedAt: time.now };
  }
});
