import type { Plan } from '../plan';
import { type History, ownRulePath } from './history';

/** So many writes on one NSG leave room for another; each one more keeps it waiting for its time. */
const writesFree = 6;

/** What a crowd on the busiest NSG keeps whoever comes to it waiting, beyond what is usual. */
export function crowdMs(
  writes: History['writes'],
  fromMs: number,
  toMs: number,
  { latency }: Pick<Plan, 'latency'>,
): number {
  const counts = new Map<string, number>();
  for (const { by, path, status, atMs } of writes) {
    if (by !== 'app' || status >= 300 || atMs < fromMs || atMs > toMs) continue;
    if (!ownRulePath.test(path)) continue;
    const nsgId = path.toLowerCase().split('/securityrules/')[0] ?? '';
    counts.set(nsgId, (counts.get(nsgId) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return Math.max(0, most - writesFree) * (latency.write + Math.max(latency.put, latency.remove));
}
