import type { Provider, WriteRecord } from '../contract';
import type { Settings } from './settings';
import type { WriteLog } from './writeLog';
import { answer, gatewayError } from './http';

const PATH =
  /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Insights\/eventtypes\/management\/values\/?$/i;
const pageSize = 200;

/**
 * The activity log: what the write log holds, minutes later, in the body that Azure gives. Only the
 * filters of time and resource are known (learn.microsoft.com/rest/api/monitor/activity-logs/list).
 */
export function activityLogProvider(
  { records }: WriteLog,
  settings: Pick<Settings, 'activityLogLagMs'>,
): Provider {
  return ({ path, query, request }) => {
    const subscription = PATH.exec(path)?.[1]?.toLowerCase();
    if (subscription === undefined || request.method !== 'GET') return Promise.resolve(undefined);
    const filter = query.get('$filter') ?? '';
    const from = Date.parse(/eventTimestamp ge '([^']+)'/i.exec(filter)?.[1] ?? '');
    const to = Date.parse(/eventTimestamp le '([^']+)'/i.exec(filter)?.[1] ?? '');
    if (Number.isNaN(from)) {
      const text = 'The $filter has no start time: eventTimestamp ge.';
      return Promise.resolve(gatewayError(400, 'BadRequest', text));
    }
    const resource = /resourceUri eq '([^']+)'/i.exec(filter)?.[1]?.toLowerCase();
    const shownUntil = Date.now() - settings.activityLogLagMs;
    const value = records
      .filter((one) => one.path.toLowerCase().startsWith(`/subscriptions/${subscription}/`))
      .filter((one) => resource === undefined || one.path.toLowerCase() === resource)
      .flatMap(eventsOf)
      .filter(({ atMs }) => atMs <= shownUntil && atMs >= from)
      .filter(({ atMs }) => Number.isNaN(to) || atMs <= to)
      .sort((one, other) => one.atMs - other.atMs)
      .slice(-pageSize)
      .toReversed()
      .map((event) => bodyOf(event, subscription));
    return Promise.resolve(answer(200, { value }));
  };
}

const verbs: Record<string, string> = { PUT: 'write', PATCH: 'write', DELETE: 'delete' };

type LoggedEvent = {
  readonly record: WriteRecord;
  readonly status: 'Accepted' | 'Succeeded' | 'Failed';
  readonly atMs: number;
};

/** A write that takes its time is told twice: when it was accepted, and when it was done. */
function eventsOf(record: WriteRecord): LoggedEvent[] {
  const atMs = Date.parse(record.at);
  if (record.status >= 400) return [{ record, status: 'Failed', atMs }];
  const doneMs = Date.parse(record.effectiveAt ?? record.at);
  const accepted: LoggedEvent = { record, status: 'Accepted', atMs };
  if (record.outcome === undefined) return [accepted];
  if (record.outcome !== 'succeeded') return [accepted, { record, status: 'Failed', atMs: doneMs }];
  const done: LoggedEvent = { record, status: 'Succeeded', atMs: doneMs };
  return doneMs > atMs ? [accepted, done] : [done];
}

function bodyOf({ record, status, atMs }: LoggedEvent, subscriptionId: string): unknown {
  const { caller, method, path, sequence } = record;
  const at = new Date(atMs).toISOString();
  const [, provider = '', rest = ''] =
    /\/providers\/([^/]+)\/((?!.*\/providers\/).*)$/i.exec(path) ?? [];
  const types = rest.split('/').filter((_part, index) => index % 2 === 0);
  const operation = `${provider}/${types.join('/')}/${verbs[method] ?? 'action'}`;
  const id = `${path}/events/${sequence}/ticks/${atMs}`;
  return {
    authorization: { action: operation, scope: path },
    caller: caller.kind === 'person' ? caller.name : caller.objectId,
    category: { value: 'Administrative', localizedValue: 'Administrative' },
    claims: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': caller.objectId },
    eventDataId: id,
    eventName: { value: 'EndRequest', localizedValue: 'End request' },
    eventTimestamp: at,
    id,
    level: status === 'Failed' ? 'Error' : 'Informational',
    operationName: { value: operation, localizedValue: operation },
    resourceId: path,
    resourceProviderName: { value: provider, localizedValue: provider },
    status: { value: status, localizedValue: status },
    submissionTimestamp: at,
    subscriptionId,
  };
}
