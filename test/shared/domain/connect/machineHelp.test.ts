import type { MachineFacts } from '../../../../shared/domain/connect/facts';
import { connectHelp } from '../../../../shared/domain/connect/connectHelp';
import { nowOf } from '../../../../shared/domain/instant';
import { argumentsOf } from '../../../support/bash';
import {
  bastion,
  codesOf,
  grantOf,
  helpOf,
  linesOf,
  linuxVm,
  loginExtension,
  openRow,
  ports,
  targetOf,
  time,
  vmIdOf,
  windowsVm,
} from '../../../support/connecting';

const sub = '11111111-1111-4111-8111-111111111111';
const named = `--subscription ${sub} --resource-group rg-app --name vm-1`;

describe('what is missing of a machine', () => {
  const failed = (state: string) => ({ extensions: [{ ...loginExtension.linux, state }] });
  it.each<[string, Partial<MachineFacts>, string[]]>([
    ['nothing', {}, []],
    ['it is deallocated', { powerState: 'PowerState/deallocated' }, ['vmNotRunning']],
    ['it starts', { powerState: 'PowerState/starting' }, ['vmNotRunning']],
    ['its power is unknown', { powerState: '' }, ['powerUnknown']],
    ['no extension', { extensions: [] }, ['extensionMissing']],
    [
      'the extension of the other OS',
      { extensions: [{ ...loginExtension.windows, state: 'Succeeded' }] },
      ['extensionMissing'],
    ],
    [
      'an extension of that type by somebody else',
      { extensions: [{ ...loginExtension.linux, publisher: 'Evil', state: 'Succeeded' }] },
      ['extensionMissing'],
    ],
    ['it failed', failed('Failed'), ['extensionFailed']],
    ['it was cancelled', failed('Canceled'), ['extensionFailed']],
    ['it is being made', failed('Creating'), ['extensionUnsettled']],
    ['its state is unknown', failed(''), ['extensionUnsettled']],
    ['the case of its type is another', { extensions: upper() }, []],
    ['another machine', { vmGuid: 'another' }, ['vmReplaced']],
  ])('%s', (_name, facts, codes) => {
    expect(codesOf(helpOf(openRow(), { machines: [linuxVm(facts)] }))).toEqual(codes);
  });

  it.each([
    [windowsVm(), ports('22'), ['portNotInWindow']],
    [linuxVm(), ports('3389'), ['portNotInWindow']],
    [linuxVm(), ports('20-30'), []],
    [linuxVm(), { portSets: [{ protocol: '*' as const, ports: ['22'] }] }, []],
    [linuxVm(), { portSets: [{ protocol: 'Udp' as const, ports: ['22'] }] }, ['portNotInWindow']],
    [windowsVm({ computerName: '' }), {}, ['hostNameUnknown']],
    [windowsVm({ computerName: 'a\r\nusername:s:evil' }), {}, ['hostNameStrange']],
    [windowsVm({ computerName: 'x'.repeat(16) }), {}, ['hostNameStrange']],
    [windowsVm({ computerName: '10.0.0.4' }), {}, ['hostNameStrange']],
  ])('by ports and host name, %#', (machine, changes, codes) => {
    expect(codesOf(helpOf(openRow(changes), { machines: [machine] }))).toEqual(codes);
  });

  it('says each with a next step, in one line of plain text', () => {
    const { machines } = helpOf(openRow(ports('80')), {
      machines: [windowsVm({ powerState: 'PowerState/x\u001b[2J', extensions: [] })],
    });
    const lacks = machines[0]?.missing ?? [];
    expect(lacks.length).toBe(3);
    for (const { what, next } of lacks) {
      expect(`${what} ${next}`).toMatch(/^[ -~]{20,}$/);
    }
  });

  function upper() {
    const { publisher, type } = loginExtension.linux;
    const state = 'succeeded';
    return [{ publisher: publisher.toUpperCase(), type: type.toLowerCase(), state }];
  }
});

describe('the login role', () => {
  const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
  const user = 'fb879df8-f326-4884-b1cf-06f3ad86be52';
  const administrator = '1c0163c0-47e6-4577-8991-ea5c82e286e4';
  const byReader = openRow({
    origin: { ...grantOf(time).origin, kind: 'activation', roleDefinitionGuid: reader } as never,
  });
  const held = (
    roleDefinitionGuid: string,
    scope = vmIdOf('vm-1'),
    endAt: number | null = null,
  ) => ({
    scope,
    roleDefinitionGuid,
    startAt: null,
    endAt,
  });

  it.each<[string, Parameters<typeof helpOf>[2], string, string[]]>([
    ['none', { facts: [] }, 'none', ['loginRoleMissing']],
    ['of users', { facts: [held(user)] }, 'user', []],
    ['the better of two', { facts: [held(user), held(administrator)] }, 'administrator', []],
    [
      'at its group',
      { facts: [held(user, `/subscriptions/${sub}/resourceGroups/RG-APP`)] },
      'user',
      [],
    ],
    ['at another machine', { facts: [held(user, vmIdOf('vm-2'))] }, 'none', ['loginRoleMissing']],
    [
      'at a management group above',
      { facts: [held(user, '/providers/Microsoft.Management/managementGroups/mg')] },
      'user',
      [],
    ],
    ['over', { facts: [held(user, '/', time.now)] }, 'none', ['loginRoleMissing']],
    ['of readers', { facts: [held(reader)] }, 'none', ['loginRoleMissing']],
    ['not told', { unknown: 'TooManyRequests' }, 'unknown', ['loginRoleUnknown']],
  ])('%s', (_name, roles, login, codes) => {
    const help = helpOf(byReader, { machines: [linuxVm()] }, roles);
    expect(help.machines[0]?.login).toBe(login);
    expect(codesOf(help)).toEqual(codes);
  });

  it('that opened the window is known without asking', () => {
    const help = helpOf(openRow(), { machines: [linuxVm()] }, { unknown: 'Down' });
    expect(help.machines[0]?.login).toBe('administrator');
    expect(codesOf(help)).toEqual([]);
  });
});

describe('machines of a window', () => {
  it('that were refused say why, and have no line', () => {
    const grant = { targets: [targetOf('vm-1'), targetOf('vm-2')] };
    const row = openRow(grant);
    const placements = row.placements.map((one) => ({ ...one, targets: one.targets.slice(0, 1) }));
    const refusals = [{ vmId: vmIdOf('VM-2'), code: 'noNsg', rule: 'No\u001b[2J NSG', next: 'Do' }];
    const { machines } = helpOf({ ...row, placements, refusals }, {});
    expect(machines[1]).toMatchObject({
      lines: [],
      missing: [{ code: 'vmRefused', what: 'No [2J NSG', next: 'Do' }],
    });
    expect(machines[0]?.lines.length).toBe(3);
  });

  it('are all told of, forty at once', () => {
    const names = Array.from({ length: 40 }, (_, at) => `vm-${at}`);
    const row = openRow({ targets: names.map(targetOf) });
    const { machines } = helpOf(row, { machines: names.map((name) => linuxVm({}, name)) });
    expect(machines.map(({ lines }) => lines[0]?.line)).toEqual(
      names.map((name) => `az ssh vm ${named.replace('vm-1', name)}`),
    );
  });

  it('may be none', () => {
    expect(helpOf(openRow({ targets: [] }), {}).machines).toEqual([]);
  });

  it('that the index does not show, or nobody could ask about, keep the lines that hold anyway', () => {
    const lines = linesOf(helpOf(openRow(), { machines: [linuxVm()] }));
    const unseen = helpOf(openRow(), {});
    expect([linesOf(unseen), codesOf(unseen)]).toEqual([lines, ['vmNotSeen']]);
    const knowledge = { index: { unknown: 'Down' }, roles: { unknown: 'Down' } };
    const untold = connectHelp(openRow(), knowledge, nowOf(time.now, 0));
    expect([linesOf(untold), codesOf(untold)]).toEqual([lines, ['factsUnknown']]);
    expect(
      untold.machines[0]?.lines.every(({ note }) => note.startsWith('If it runs Linux.')),
    ).toBe(true);
  });

  const hostile = ['$(rm -rf ~)', "a'; id; '", 'a\nb', 'a\r\nb', '-n', '../..', 'x'.repeat(10_000)];
  it.each(hostile)('with the hostile name %j get no line at all', (name) => {
    const vmId = `${vmIdOf('')}${name}`;
    const row = openRow({ targets: [{ ...targetOf('vm-1'), vmId, name }] });
    const machine = windowsVm({ vmId, vmGuid: 'guid-vm-1', computerName: name });
    const help = helpOf(row, { machines: [machine], bastions: [bastion()] });
    expect([linesOf(help), codesOf(help)]).toEqual([[], ['strangeId']]);
    expect(help.machines[0]?.rdp).toBeNull();
    expect(JSON.stringify(help)).not.toMatch(/\\n|\\r/);
  });

  it('whose names Azure allows are quoted where bash needs it', () => {
    const vmId = vmIdOf('vm(1)').replace('rg-app', '(rg)');
    const row = openRow({ ...ports('22', '3389'), targets: [{ ...targetOf('vm(1)'), vmId }] });
    const facts = { machines: [linuxVm({ vmId, vmGuid: 'guid-vm(1)' })], bastions: [bastion()] };
    const lines = helpOf(row, facts).machines[0]?.lines.map(({ line }) => line) ?? [];
    const [ssh, bastionSsh] = argumentsOf(lines);
    expect(ssh?.slice(-4)).toEqual(['--resource-group', '(rg)', '--name', 'vm(1)']);
    expect(bastionSsh?.slice(-4)).toEqual(['--target-resource-id', vmId, '--auth-type', 'AAD']);
  });
});
