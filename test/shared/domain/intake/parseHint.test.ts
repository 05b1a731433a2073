import * as fc from 'fast-check';
import { parseArmId } from '../../../../shared/domain/armId';
import { parseHint } from '../../../../shared/domain/intake/parseHint';
import { parseCappedJson } from '../../../../shared/domain/intake/cappedJson';
import { parseInstant } from '../../../../shared/domain/intake/eventFacts';
import { assignmentId, group } from '../../../support/intakeWorld';
import {
  asCloudEvent,
  cancelEvent,
  deleteEvent,
  requestEvent,
  writeEvent,
} from '../../../support/events';

describe('a hint', () => {
  it('is the same in both schemas', () => {
    for (const event of [writeEvent(), deleteEvent(), requestEvent(), cancelEvent()]) {
      const hint = parseHint(event);
      expect(hint.kind).not.toMatch('malformed|ignored');
      expect(parseHint(asCloudEvent(event))).toEqual(hint);
    }
  });

  it('is the same with data, claims and httpRequest as JSON text', () => {
    const event = requestEvent();
    const claims = JSON.stringify(event.data['claims']);
    expect(parseHint({ ...event, data: { ...event.data, claims } })).toEqual(parseHint(event));
    expect(parseHint({ ...event, data: JSON.stringify(event.data) })).toEqual(parseHint(event));
  });

  const scopes = [
    ['resource group', group],
    ['subscription', '/subscriptions/11111111-1111-4111-8111-111111111111'],
    ['resource', `${group}/providers/Microsoft.Compute/virtualMachines/vm-1`],
    ['management group', '/providers/Microsoft.Management/managementGroups/mg-1'],
    ['tenant', ''],
  ] as const;

  it.each(scopes)('reads the id of an assignment at a %s', (_kind, scope) => {
    const id = assignmentId(undefined, scope);
    const { data } = writeEvent();
    expect(parseHint(writeEvent({ subject: id, data: { ...data, resourceUri: id } }))).toEqual({
      kind: 'look',
      eventId: 'a0000000-0000-4000-8000-000000000002',
      roleAssignmentId: id,
      eventAt: Date.parse('2026-01-01T10:00:04.123Z'),
    });
  });

  it('reads the scope and name of a request, the root of the tenant as /', () => {
    const { data } = requestEvent();
    const id =
      '/providers/microsoft.authorization/ROLEASSIGNMENTSCHEDULEREQUESTS/66666666-6666-4666-8666-66666666666A';
    const event = requestEvent({}, { subject: id, data: { ...data, resourceUri: id } });
    expect(parseHint(event)).toMatchObject({
      kind: 'address',
      scope: '/',
      requestName: '66666666-6666-4666-8666-66666666666a',
    });
  });

  it('reads operation names and types in any case', () => {
    const event = writeEvent({ eventType: 'MICROSOFT.RESOURCES.RESOURCEWRITESUCCESS' });
    const operationName = 'microsoft.authorization/ROLEASSIGNMENTS/Write';
    expect(parseHint({ ...event, data: { ...event.data, operationName } }).kind).toBe('look');
  });

  it('is some named outcome whatever arrives, and never throws', () => {
    const anything = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }),
      fc.tuple(mutations, fc.anything()).map(([mutate, value]) => mutate(value)),
    );
    fc.assert(
      fc.property(anything, (event) => {
        const hint = parseHint(event);
        expect(['look', 'end', 'address', 'forget', 'ignored', 'malformed']).toContain(hint.kind);
        if (hint.kind === 'look' || hint.kind === 'end') {
          expect(parseArmId(hint.roleAssignmentId)).not.toBeNull();
          expect(hint.roleAssignmentId).toMatch(/^\/[\w./() -]+$/);
          expect(Number.isFinite(hint.eventAt)).toBe(true);
        }
      }),
    );
  });

  it('never lets a getter, a proxy or a prototype speak', () => {
    const shouting = {
      get id(): string {
        throw new Error('A getter was called.');
      },
    };
    expect(parseHint(shouting)).toEqual({ kind: 'malformed', code: 'noId' });
    const event = writeEvent();
    Object.setPrototypeOf(event, { eventTime: '2020-01-01T00:00:00Z' });
    delete event['eventTime'];
    expect(parseHint(event)).toEqual({ kind: 'malformed', code: 'noTime' });
  });
});

describe('capped JSON', () => {
  it('reads what JSON reads, below its caps', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(parseCappedJson(text, 1_000_000)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it('counts brackets outside of strings only', () => {
    expect(parseCappedJson(`"${'['.repeat(100)}"`, 1_000)).toEqual({ value: '['.repeat(100) });
    expect(parseCappedJson(`{"a\\"[":1}`, 1_000)).toEqual({ value: { 'a"[': 1 } });
    expect(parseCappedJson('['.repeat(25), 1_000)).toEqual({ fault: 'tooDeep' });
  });
});

describe('an instant', () => {
  const forms = [
    ['2026-01-01T10:00:04Z', '2026-01-01T10:00:04.000Z'],
    ['2026-01-01T10:00:04.1234567Z', '2026-01-01T10:00:04.123Z'],
    ['2026-01-01T24:00:04+14:00', null],
    ['2026-01-01T10:00:04+14:00', '2025-12-31T20:00:04.000Z'],
    ['2026-01-01 10:00:04Z', null],
    ['2026-13-01T10:00:04Z', null],
    ['now', null],
    ['', null],
  ] as const;

  it.each(forms)('%j is %j', (text, instant) => {
    const at = parseInstant(text);
    expect(at === null ? null : new Date(at).toISOString()).toBe(instant);
  });
});

// Helpers

/** Ways to damage a good event in one place. */
const mutations = fc.constantFrom(
  (value: unknown) => writeEvent({ id: value }),
  (value: unknown) => writeEvent({ eventTime: value }),
  (value: unknown) => writeEvent({ subject: value }),
  (value: unknown) => ({ ...writeEvent(), data: value }),
  ...(['resourceUri', 'operationName', 'status', 'claims', 'httpRequest'] as const).map(
    (key) => (value: unknown) => {
      const event = requestEvent();
      return { ...event, data: { ...event.data, [key]: value } };
    },
  ),
);
