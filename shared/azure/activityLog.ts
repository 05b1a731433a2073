import * as z from 'zod';
import { parseInstant } from '../domain/intake/eventFacts';
import { cleanText } from '../domain/text';
import type { ActivityLog } from '../ports/activityLog';
import type { Arm } from './arm';
import { badId, rebuilt } from './ids';
import { createPlainRequests } from './plainRequests';
import { readAs } from './readAs';

const doing = 'reading the activity log';
const provider = 'providers/Microsoft.Insights/eventtypes/management/values';

/**
 * The activity log of a subscription: one GET, which is not worth a client of its own. It goes
 * through the same rules as every other request
 * (learn.microsoft.com/rest/api/monitor/activity-logs/list, 2015-04-01).
 */
export function createActivityLog(arm: Arm): ActivityLog {
  const { get } = createPlainRequests(arm);
  return {
    listOn: async (resourceId, fromMs, toMs) => {
      const { parsed, text: id } = rebuilt(resourceId);
      if (parsed.subscriptionId === '') throw badId('an id within a subscription');
      const [from, to] = [fromMs, toMs].map((at) => new Date(at).toISOString());
      const url = new URL(`${arm.endpoint}/subscriptions/${parsed.subscriptionId}/${provider}`);
      url.searchParams.set('api-version', '2015-04-01');
      url.searchParams.set(
        '$filter',
        `eventTimestamp ge '${from}' and eventTimestamp le '${to}' and resourceUri eq '${id}'`,
      );
      const answer = await get(doing, url.href);
      return answer === null ? [] : readAs(page, answer, doing).value;
    },
  };
}

const text = z
  .string()
  .nullish()
  .transform((value) => cleanText(value ?? '', 120));
const named = z
  .object({ value: text })
  .nullish()
  .transform((value) => value?.value ?? '');

const page = z.object({
  value: z.array(
    z
      .object({ eventTimestamp: z.string(), operationName: named, status: named, caller: text })
      .transform(({ eventTimestamp, operationName, status, caller }) => ({
        at: parseInstant(eventTimestamp) ?? 0,
        operation: operationName,
        status,
        caller,
      })),
  ),
});
