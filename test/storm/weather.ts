import type { Fault } from '../../local/azure/resourceManager/faults';

/** What goes wrong in a storm besides the storm. */
export type Weather = 'healthy' | 'one in five is 429' | 'down for 10 min' | 'all give back';

const downMs = 600_000;
/** When everybody gives the role back, before the deadline: time for ten minutes on one NSG. */
export const givenBackMs = 15 * 60_000;

function refusal(status: number, code: string, message: string): NonNullable<Fault['answer']> {
  return { status, headers: {}, body: JSON.stringify({ error: { code, message } }) };
}

/** The faults of a weather around a deadline; `chance` decides whom a 429 hits. */
export function faultsOf(weather: Weather, deadlineMs: number, chance: () => number): Fault[] {
  if (weather === 'one in five is 429') {
    const answer = refusal(429, 'SubscriptionRequestsThrottled', 'Too many requests.');
    return [{ name: weather, when: () => chance() < 0.2, answer }];
  }
  if (weather === 'down for 10 min') {
    const isDown = (): boolean => Math.abs(Date.now() - deadlineMs) < downMs / 2;
    const answer = refusal(503, 'ServiceUnavailable', 'Please try again later.');
    return [{ name: weather, when: isDown, answer }];
  }
  return [];
}
