import type { InvocationContext } from '@azure/functions';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { activationDoor } from '../../../functions/events/activationDoors';
import { createIntakeWorld } from '../../support/intakeWorld';

type Event = Record<string, unknown>;

const write = sample('activate.2-roleAssignments-write.by-MS-PIM.eventgrid-schema.json');
const cloud = sample('activate.2-roleAssignments-write.by-MS-PIM.cloudevents-1.0.json');
const request = sample(
  'activate.1-roleAssignmentScheduleRequests-write.by-user.eventgrid-schema.json',
);
const ended = sample('end.roleAssignments-delete.by-MS-PIM.eventgrid-schema.json');
const noise = sample('noise.roleAssignments-write.by-admin.eventgrid-schema.json');
const id = String(write['subject']);
const claim = 'http://schemas.microsoft.com/identity/claims/';
const gone = Symbol('gone');

/** What is delivered, and every outcome that it is to have, in order. */
const cases: readonly (readonly [title: string, delivered: unknown, ...outcomes: string[]])[] = [
  // Not an event at all.
  ['nothing', undefined, 'malformed notAnObject'],
  ['null', null, 'malformed notAnObject'],
  ['a number', 42, 'malformed notAnObject'],
  ['true, as a bare word', 'True', 'malformed notAnObject'],
  ['an empty text', '', 'malformed notAnObject'],
  ['text that is no JSON', 'hello <b>', 'malformed notAnObject'],
  ['base64 that nobody undid', 'eyJpZCI6MX0=', 'malformed notAnObject'],
  ['half a JSON text', JSON.stringify(write).slice(0, 300), 'malformed notAnObject'],
  ['HTML', '<html>502 Bad Gateway</html>', 'malformed notAnObject'],
  ['a list in a list', [[write]], 'malformed notAnObject'],
  ['a list of nothing', []],
  ['an empty object', {}, 'malformed noId'],
  ['ten thousand levels', '['.repeat(10_000) + ']'.repeat(10_000), 'malformed notAnObject'],
  ['two megabytes', `"${'a'.repeat(2_000_000)}"`, 'malformed notAnObject'],

  // The envelope.
  ['no id', set(write, 'id', gone), 'malformed noId'],
  ['a number as id', set(write, 'id', 7), 'malformed noId'],
  ['an empty id', set(write, 'id', ''), 'malformed noId'],
  ['an id with a line break', set(write, 'id', 'a\nb'), 'malformed noId'],
  ['an id of 1,000 characters', set(write, 'id', 'a'.repeat(1_000)), 'malformed noId'],
  ['no type', set(write, 'eventType', gone), 'malformed noType'],
  ['a list as type', set(write, 'eventType', ['x']), 'malformed noType'],
  ['no time', set(write, 'eventTime', gone), 'malformed noTime'],
  ['a time in words', set(write, 'eventTime', 'yesterday'), 'malformed noTime'],
  ['a time without zone', set(write, 'eventTime', '2026-01-01T10:00:04'), 'malformed noTime'],
  ['the 31st of February', set(write, 'eventTime', '2026-02-31T25:00:00Z'), 'malformed noTime'],
  ['a time as number', set(write, 'eventTime', 1_767_261_604), 'malformed noTime'],
  ['no data', set(write, 'data', gone), 'malformed noData'],
  ['null as data', set(write, 'data', null), 'malformed noData'],
  ['a list as data', set(write, 'data', []), 'malformed noData'],
  ['broken JSON as data', set(write, 'data', '{"a":'), 'malformed notJson'],
  ['deep JSON as data', set(write, 'data', '{"a":'.repeat(50)), 'malformed tooDeep'],
  ['300 KiB as data', set(write, 'data', `"${'a'.repeat(300_000)}"`), 'malformed tooLarge'],
  [
    'everything on the prototype',
    JSON.parse(`{"__proto__":${JSON.stringify(write)}}`),
    'malformed noId',
  ],
  ['data on the prototype', Object.create(write), 'malformed noId'],

  // Which operation, on what.
  ['no operation', set(write, 'data.operationName', gone), 'malformed noOperation'],
  ['an object as operation', set(write, 'data.operationName', {}), 'malformed noOperation'],
  [
    'no resource',
    set(set(write, 'subject', gone), 'data.resourceUri', gone),
    'malformed noResource',
  ],
  [
    'two resources',
    set(write, 'subject', id.replace('rg-app', 'rg-web')),
    'malformed twoResources',
  ],
  ['a write that is called a delete', renamed(write, 'Delete'), 'malformed operationMismatch'],
  ['a delete that is called a write', renamed(ended, 'Write'), 'malformed operationMismatch'],
  ['a cancel that is called a write', operation('cancel'), 'malformed operationMismatch'],
  ['no GUID as name', resource('55555555'), 'malformed badResourceId'],
  ['dots in the name', resource('../../../x'), 'malformed badResourceId'],
  ['an escape in the name', resource('%2e%2e%2f'), 'malformed badResourceId'],
  ['a query in the name', resource('x?api-version=1'), 'malformed badResourceId'],
  ['a NUL in the name', resource('a\u0000b'), 'malformed badResourceId'],
  ['a URL as id', at('https://evil.example/roleAssignments/x'), 'malformed badResourceId'],
  ['another provider', at(id.replace('Authorization', 'Storage')), 'malformed badResourceId'],
  ['another type', at(id.replace('roleAssignments', 'locks')), 'malformed badResourceId'],
  ['a child of it', at(`${id}/children/1`), 'malformed badResourceId'],
  ['a subscription without GUID', at(id.replace(/1{8}-/, 'x-')), 'malformed badResourceId'],
  ['a slash at the end', at(`${id}/`), 'malformed badResourceId'],
  ['an id of 4,000 characters', at(id + 'a'.repeat(4_000)), 'malformed noResource'],

  // Well-formed, and none of our business.
  [
    'a validation event',
    sample('SubscriptionValidationEvent.eventgrid-schema.json'),
    'ignored otherEvent',
  ],
  [
    'a blob',
    set(sample('dead-letter.eventgrid-schema.json'), 'data.operationName', 'x'),
    'ignored otherEvent',
  ],
  [
    'a published write',
    sample('subscription.ResourceWriteSuccess.eventgrid-schema.json'),
    'ignored otherOperation',
  ],
  [
    'a published delete',
    sample('subscription.ResourceDeleteSuccess.eventgrid-schema.json'),
    'ignored otherOperation',
  ],
  [
    'a published action',
    sample('resource-group.ResourceActionSuccess.cloudevents-1.0.json'),
    'ignored otherOperation',
  ],
  ['an eligibility request', operation('eligible'), 'ignored otherOperation'],
  ['our own rule', operation('rule'), 'ignored otherOperation'],
  ['a write that failed', renamed(write, 'WriteFailure'), 'ignored notSuccess'],
  ['a status that is not success', set(write, 'data.status', 'Started'), 'ignored notSuccess'],

  // Requests without an address that could be believed.
  ['a request by an app', claims({ idtyp: 'app' }), 'ignored notDelegated'],
  [
    'a request without a scope',
    claims({ idtyp: '', [`${claim}scope`]: '' }),
    'ignored notDelegated',
  ],
  ['a request by nobody', claims({ [`${claim}objectidentifier`]: '' }), 'ignored notDelegated'],
  ['claims that are a list', set(request, 'data.claims', []), 'ignored notDelegated'],
  ['claims that are broken JSON', set(request, 'data.claims', '{'), 'ignored notDelegated'],
  ['a request without address', claims({ ipaddr: '' }), 'ignored noAddress'],
  ['an address list', claims({ ipaddr: '203.0.113.10, 10.0.0.1' }), 'ignored noAddress'],
  ['loopback', claims({ ipaddr: '127.0.0.1' }), 'ignored noAddress'],
  ['the metadata address', claims({ ipaddr: '169.254.169.254' }), 'ignored noAddress'],
  ['Azure’s own address', claims({ ipaddr: '168.63.129.16' }), 'ignored noAddress'],
  ['an octal address', claims({ ipaddr: '010.0.0.1' }), 'ignored noAddress'],
  ['a mapped address', claims({ ipaddr: '::ffff:203.0.113.10' }), 'ignored noAddress'],
  ['a whole range', claims({ ipaddr: '203.0.113.0/24' }), 'ignored noAddress'],
  ['a day-old token', claims({ iat: '1767175200' }), 'ignored staleToken'],
  ['a token from tomorrow', claims({ iat: '1767348000' }), 'ignored staleToken'],

  // Believable, and false: nothing of the kind is in Azure.
  ['a forged write', write, 'look', 'noAssignment'],
  ['a forged write, CloudEvents', cloud, 'look', 'noAssignment'],
  ['a forged write, as queue text', JSON.stringify([write]), 'look', 'noAssignment'],
  ['a forged delete', ended, 'end', 'ended'],
  ['an administrator’s assignment, taken back', noise, 'look', 'noAssignment'],
  [
    'a forged write at tenant scope',
    at(id.slice(id.indexOf('/providers'))),
    'look',
    'noAssignment',
  ],
  [
    'a forged write at management-group scope',
    at(`/providers/Microsoft.Management/managementGroups/mg${id.slice(id.indexOf('/providers'))}`),
    'look',
    'noAssignment',
  ],
  ['ids in capitals', at(id.toUpperCase()), 'look', 'noAssignment'],
  ['data as JSON text', set(write, 'data', JSON.stringify(write['data'])), 'look', 'noAssignment'],
  ['an event of the far future', set(ended, 'eventTime', '9999-12-31T23:59:59Z'), 'end', 'ended'],
  [
    'an event of the far past',
    set(write, 'eventTime', '1970-01-01T00:00:00Z'),
    'look',
    'noAssignment',
  ],
  [
    'extra fields that look like rows',
    { ...write, deadline: 0, state: 'open', wish: 'open' },
    'look',
    'noAssignment',
  ],
  ['a forged request alone', request, 'address'],
  [
    'a good one between two bad ones',
    [null, write, {}],
    'malformed notAnObject',
    'look',
    'malformed noId',
    'noAssignment',
  ],
  ['twice the same in one batch', [write, write], 'look', 'noAssignment'],
];

describe('an event that is malformed, forged or none of our business', () => {
  it('is one of at least sixty', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(([title]) => title)).size).toBe(cases.length);
  });

  it.each(cases)('%s', async (_title, delivered, ...outcomes) => {
    const world = createIntakeWorld();
    const context = {} as InvocationContext;
    await activationDoor(world, () => world.starter)(delivered, context);
    for (const one of new Set(world.starts.map(({ instanceId }) => instanceId))) {
      await world.run(one);
    }
    expect(told(world.lines)).toEqual(outcomes);
    expect(await world.ledger.windows.list()).toEqual([]);
    expect(await world.ledger.live.list()).toEqual([]);
    expect(world.writes).toBe(0);
  });
});

/** The outcomes that the log names: each event has one line, each intake one at its end. */
function told(lines: readonly { event: string; fields: Record<string, unknown> }[]): string[] {
  return lines.flatMap(({ event, fields }) => {
    if (event === 'hint.malformed') return [`malformed ${String(fields['hintCode'])}`];
    if (event === 'hint.ignored') return [`ignored ${String(fields['hintCode'])}`];
    if (event === 'hint.received') return [String(fields['kind'])];
    if (event === 'address.kept') return ['address'];
    return event === 'intake.stopped' ? [String(fields['outcome'])] : [];
  });
}

function sample(name: string): Event {
  const path = join(__dirname, '..', '..', 'fixtures', 'events-bad', name);
  const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return (Array.isArray(read) ? read[0] : read) as Event;
}

/** A copy with one property set, or taken away. */
function set(event: Event, path: string, value: unknown): Event {
  const copy = structuredClone(event);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Event>((inner, key) => inner[key] as Event, copy);
  if (value === gone) delete holder[last];
  else holder[last] = value;
  return copy;
}

function at(resourceId: string): Event {
  return set(set(write, 'data.resourceUri', resourceId), 'subject', resourceId);
}

function resource(name: string): Event {
  return at(id.replace(/[^/]+$/, () => name));
}

function renamed(event: Event, verb: string): Event {
  const type = verb.endsWith('Failure') ? verb : `${verb}Success`;
  return set(event, 'eventType', `Microsoft.Resources.Resource${type}`);
}

function operation(which: 'cancel' | 'eligible' | 'rule'): Event {
  const names = {
    cancel: 'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action',
    eligible: 'Microsoft.Authorization/roleEligibilityScheduleRequests/write',
    rule: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
  };
  return set(write, 'data.operationName', names[which]);
}

function claims(changes: Record<string, string>): Event {
  const { data } = request as { data: { claims: object } };
  return set(request, 'data.claims', { ...data.claims, ...changes });
}
