import { networkPeriod } from '../domain/calendar/calendar';
import type { SentDeletes } from '../domain/calendar/planOpen';

/** The deletes of security rules that have left, by subscription. */
export type DeleteLog = {
  sent(method: string, path: string, hostMs: number): void;
  /** Those of the provider's last period, counted by the second. */
  of(subscriptionId: string, hostMs: number): readonly SentDeletes[];
};

const keptMs = networkPeriod.seconds * 1_000;
const subscriptionsMax = 500;
const ruleForm =
  /^\/subscriptions\/([0-9a-f-]{36})\/.*\/networkSecurityGroups\/[^/]+\/securityRules\/[^/]+$/i;

/** Remembers when deletes were sent, whatever came of them: each has taken from the allowance. */
export function createDeleteLog(): DeleteLog {
  const bySubscription = new Map<string, Map<number, number>>();
  return {
    sent: (method, path, hostMs) => {
      const subscription =
        method === 'DELETE' ? ruleForm.exec(path)?.[1]?.toLowerCase() : undefined;
      if (subscription === undefined) return;
      if (bySubscription.size >= subscriptionsMax) bySubscription.clear();
      const counts = bySubscription.get(subscription) ?? new Map<number, number>();
      const second = Math.floor(hostMs / 1_000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
      for (const one of counts.keys()) if (one * 1_000 <= hostMs - keptMs) counts.delete(one);
      bySubscription.set(subscription, counts);
    },
    of: (subscriptionId, hostMs) =>
      [...(bySubscription.get(subscriptionId.toLowerCase()) ?? [])]
        .map(([second, count]) => ({ at: second * 1_000, count }))
        .filter(({ at }) => at > hostMs - keptMs),
  };
}
