import {
  closeAllBody,
  closeBody,
  extendBody,
  requestBody,
} from '../../../shared/contract/requestBodies';
import { readBody } from '../../../shared/contract/readBody';

const good = { vms: ['vm-1'], duration: '1h', reason: 'Disk is full' };
const read = (body: unknown) =>
  readBody(typeof body === 'string' ? body : JSON.stringify(body), requestBody);

const vmId =
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm-1';

describe('a body that is understood', () => {
  it.each<[string, object]>([
    ['the least', good],
    ['an id of a VM', { ...good, vms: [vmId] }],
    [
      'everything',
      { ...good, ports: ['ssh', 3389, 'udp/3478'], ticket: 'T-1', source: '2001:db8::1' },
    ],
    ['a whole day', { ...good, duration: 'P1D' }],
  ])('%s', (_what, body) => {
    expect(read(body)).toHaveProperty('value');
  });

  it('gives back what was meant, normalised', () => {
    expect(read({ ...good, ports: ['ssh'], source: '203.0.113.7' })).toEqual({
      value: {
        ...good,
        duration: 3_600_000,
        ports: [{ protocol: 'Tcp', range: { from: 22, to: 22 } }],
        source: '203.0.113.7/32',
      },
    });
  });

  it('may be empty where nothing has to be said', () => {
    expect(readBody('', closeBody)).toEqual({ value: {} });
    expect(readBody(' \n', closeBody)).toEqual({ value: {} });
  });
});

const text = JSON.stringify(good);
const names = ['vm/../x', '..', '.', '*', 'a b', 'vm%2f1', 'vm?x=1', 'vm#', "vm'", 'vm\n', '', 'ä'];
const ids = [
  `${vmId}/extensions/x`,
  `${vmId}/../vm-2`,
  `${vmId}?x`,
  `${vmId}/`,
  vmId.replace('virtualMachines', 'disks'),
  vmId.replace('Microsoft.Compute', 'Microsoft.Network'),
  vmId.split('/providers')[0],
  '/',
  'https://management.azure.com/x',
];
const durations = ['0', '-1h', '1.5h', '1', '25h', 'P2D', '1y', 'PT', '1h ', ' 1h', '٣h', '1e3s'];
const ports = [
  '*',
  '0',
  '65536',
  '0-65535',
  '22,3389',
  -22,
  22.5,
  1e9,
  'telnet',
  '22-21',
  '',
  null,
];
const sources = [
  '*',
  'Internet',
  'AzureCloud',
  '0.0.0.0/0',
  '::/0',
  '010.0.0.1',
  '0x7f.1',
  '2130706433',
  '1.2.3.4/0',
  '50.206.209.68/27',
  '168.63.129.16',
  '169.254.169.254',
  '::ffff:1.2.3.4',
  '1.2.3.4,5.6.7.8',
  '',
];
const ours = ['deadline', 'until', 'state', 'phase', 'id', 'person', 'principalId', 'callerId'];
const others = ['grant', 'policyRule', 'wish', 'limits', 'roleAssignmentId', 'sources', 'VMs'];

const bad: readonly (readonly [what: string, body: unknown])[] = [
  ['nothing', ''],
  ['no JSON', 'vms=vm-1'],
  ['half of it', text.slice(0, -5)],
  ['two of it', text + text],
  ['an array', [good]],
  ['a text', '"vm-1"'],
  ['a number', '1'],
  ['null', 'null'],
  ['true', 'true'],
  ['a comment', `${text}// all`],
  ['a trailing comma', text.replace('}', ',}')],
  ['single quotes', text.replaceAll('"', "'")],
  ['NaN', text.replace('"1h"', 'NaN')],
  ['YAML', 'vms: [vm-1]\nduration: 1h\nreason: Disk is full'],
  ['depth of ten thousand', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['depth inside', text.replace('["vm-1"]', `${'['.repeat(30)}${']'.repeat(30)}`)],
  ['a key twice', text.replace('{', '{"duration":"24h",')],
  ['a key twice, by an escape', text.replace('{', String.raw`{"\u0064uration":"24h",`)],
  ['__proto__', text.replace('{', '{"__proto__":{"duration":"24h"},')],
  ['constructor', text.replace('{', '{"constructor":{"prototype":{}},')],
  ['no VM', { ...good, vms: [] }],
  ['41 VMs', { ...good, vms: Array.from({ length: 41 }, (_none, at) => `vm-${at}`) }],
  ['a long name', { ...good, vms: ['x'.repeat(65)] }],
  ['VMs as text', { ...good, vms: 'vm-1' }],
  ['VMs as an object', { ...good, vms: { 0: 'vm-1', length: 1 } }],
  ['no port', { ...good, ports: [] }],
  ['a reason of blanks and controls', { ...good, reason: ' \n\u001b\u202e ' }],
  ['a reason of two letters', { ...good, reason: 'ok' }],
  ['no duration', { ...good, duration: undefined }],
  ['no reason', { ...good, reason: undefined }],
  ...[...ours, ...others].map((key) => [`a field ${key}`, { ...good, [key]: 'x' }] as const),
  ...[null, 5, true, {}, [], ['x'], ''].flatMap((value) => [
    [`duration ${JSON.stringify(value)}`, { ...good, duration: value }] as const,
    [`reason ${JSON.stringify(value)}`, { ...good, reason: value }] as const,
  ]),
  ...names.map((name) => [`VM ${JSON.stringify(name)}`, { ...good, vms: [name] }] as const),
  ...ids.map((id) => [`id ${id}`, { ...good, vms: [id] }] as const),
  ...durations.map((duration) => [`duration ${duration}`, { ...good, duration }] as const),
  ...ports.map((port) => [`port ${JSON.stringify(port)}`, { ...good, ports: [port] }] as const),
  ...sources.map((source) => [`source ${source}`, { ...good, source }] as const),
];

describe('a body that is not', () => {
  it('is one of at least a hundred', () => {
    expect(bad.length).toBeGreaterThanOrEqual(100);
  });

  it.each(bad)('%s', (_what, body) => {
    const reading = read(body);
    if ('value' in reading) throw new Error('It was understood.');
    expect(reading.code).toBe('badBody');
    expect(reading.faults.length).toBeGreaterThan(0);
    for (const { pointer, detail } of reading.faults) {
      expect(pointer).toMatch(/^(?:\/.*)?$/);
      expect(detail).toMatch(/^[\P{C}]{3,300}$/u);
    }
  });

  it('is too large from 64 KB on, and nobody reads it', () => {
    const large = JSON.stringify({ ...good, reason: 'x'.repeat(65_536) });
    expect(read(large)).toEqual({ code: 'bodyTooLarge', faults: [] });
    expect(read('['.repeat(1_000_000))).toMatchObject({ code: 'bodyTooLarge' });
  });

  it.each([
    [extendBody, { until: '1h', reason: 'longer' }],
    [extendBody, { until: '2026-01-01', reason: 'longer' }],
    [extendBody, { until: 1_767_261_600_000, reason: 'longer' }],
    [extendBody, { until: '2026-01-01T25:00:00Z', reason: 'longer' }],
    [extendBody, { until: '2026-01-01T10:00:00', reason: 'longer' }],
    [extendBody, { until: '2026-01-01T10:00:00Z' }],
    [closeBody, { reason: 5 }],
    [closeBody, { force: true }],
    [closeAllBody, {}],
  ])('%# of the other doors', (schema, body) => {
    expect(readBody(JSON.stringify(body), schema)).toMatchObject({ code: 'badBody' });
  });
});
