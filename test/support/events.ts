import { ada, assignmentId, group, requestName } from './intakeWorld';

/** An event as Event Grid delivers it; built like the published samples, see test/fixtures/events-bad. */
type Event = Record<string, unknown> & { data: Record<string, unknown> };

const provider = 'Microsoft.Authorization';
const claim = 'http://schemas.microsoft.com/identity/claims/';

/** PIM wrote a role assignment. */
export function writeEvent(changes: Partial<Event> = {}): Event {
  return eventOf('write', 'roleAssignments/write', assignmentId(), changes);
}

/** PIM took a role assignment away. */
export function deleteEvent(changes: Partial<Event> = {}): Event {
  const event = eventOf('delete', 'roleAssignments/delete', assignmentId(), {});
  const later = { id: 'a0000000-0000-4000-8000-000000000003', eventTime: '2026-01-01T14:00:05Z' };
  return { ...event, ...later, ...changes };
}

/** The person's own request, by a delegated token issued where the person is. */
export function requestEvent(
  claims: Record<string, string> = {},
  changes: Partial<Event> = {},
): Event {
  const id = `${group}/providers/${provider}/roleAssignmentScheduleRequests/${requestName}`;
  const event = eventOf('write', 'roleAssignmentScheduleRequests/write', id, {
    id: 'a0000000-0000-4000-8000-000000000001',
    eventTime: '2026-01-01T10:00:01.7654321Z',
    ...changes,
  });
  const own = {
    ipaddr: '203.0.113.10',
    iat: '1767260900',
    idtyp: 'user',
    [`${claim}objectidentifier`]: ada,
    [`${claim}scope`]: 'user_impersonation',
  };
  return { ...event, data: { ...event.data, claims: { ...own, ...claims } } };
}

/** The person cancelled the request. */
export function cancelEvent(): Event {
  const id = `${group}/providers/${provider}/roleAssignmentScheduleRequests/${requestName}`;
  return eventOf('action', 'roleAssignmentScheduleRequests/cancel/action', id, {
    id: 'a0000000-0000-4000-8000-000000000004',
  });
}

/** The same event in CloudEvents 1.0. */
export function asCloudEvent({ topic, eventType, eventTime, ...event }: Event): object {
  const { dataVersion: _dataVersion, metadataVersion: _metadataVersion, ...rest } = event;
  return { ...rest, specversion: '1.0', source: topic, type: eventType, time: eventTime };
}

function eventOf(verb: string, operation: string, id: string, changes: Partial<Event>): Event {
  const capital = verb.charAt(0).toUpperCase() + verb.slice(1);
  const operationName = `${provider}/${operation}`;
  return {
    topic: '/subscriptions/11111111-1111-4111-8111-111111111111',
    subject: id,
    eventType: `Microsoft.Resources.Resource${capital}Success`,
    eventTime: '2026-01-01T10:00:04.1234567Z',
    id: 'a0000000-0000-4000-8000-000000000002',
    data: {
      authorization: { scope: id, action: operationName, evidence: {} },
      claims: { appid: '01fc33a7-78ba-4d2f-a4b7-768e336e890e', idtyp: 'app' },
      correlationId: '88888888-8888-4888-8888-888888888888',
      resourceProvider: provider,
      resourceUri: id,
      operationName,
      status: 'Succeeded',
    },
    dataVersion: '2',
    metadataVersion: '1',
    ...changes,
  };
}
