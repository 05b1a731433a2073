import { administratorLogin, people } from '../../local/tenant';
import { deployedTimers } from '../support/deployedTimers';
import { simulate, type Simulation, type SimulationOptions } from '../support/simulatedAzure';
import type { VirtualTime } from '../virtualTime';
import { type Layout, subscription } from './layouts';

/** The times that are meant for work, and caps that let so many windows stand at once. */
const policy = `
version: 1
times: { guard: 180s, lead: 120s, settle: 120s, shortest: 60s, longest: 3h }
priorities: { from: 200, to: 899 }
caps: { vmsPerActivation: 10, windowsPerPerson: 100, windows: 1000 }
allow:
  - name: operators
    roles: [Virtual Machine Administrator Login]
    scopes: [${subscription}]
    ports: [rdp, ssh]
    sources:
      fromActivation: { within: [203.0.113.0/24] }
`;

/**
 * Begins twenty seconds past the minute, so that windows end between two sweeps: at the same second
 * both would send their deletes, and the counts would say nothing about either.
 */
export const startAt = '2026-01-01T10:00:20.000Z';

/** How long an activation lasts. Its window ends by the guard earlier: it stands for four minutes. */
export const activationMs = 420_000;

/** Operations of an NSG last as long as users report of Azure (see `Latency` of the local one). */
export const latency = { rulePut: 4_000, ruleDelete: 11_000 };

/** The product on a local Azure with this layout, ready for its first activation. */
export function startProduct(layout: Layout, options: SimulationOptions = {}): Promise<Simulation> {
  return simulate({
    estate: layout.estate(),
    policy,
    settings: deployedTimers,
    ...options,
    resourceManager: { latency, ...options.resourceManager },
  });
}

/**
 * Activates the role on every scope of the layout in the same moment, the people of the tenant in
 * turn, and moves time on until every window is proved closed. Throws when that takes longer than
 * twice the activation.
 */
export async function playWindows(
  { azure, logs }: Simulation,
  { scopes }: Layout,
  time: VirtualTime,
): Promise<void> {
  let read = logs.length;
  let closed = 0;
  const areClosed = (): boolean => {
    for (; read < logs.length; read++) if (logs[read]?.event === 'window.closed') closed += 1;
    return closed >= scopes.length;
  };
  const everybody = Object.values(people);
  for (const [at, scope] of scopes.entries()) {
    azure.pim.activate({
      person: everybody[at % everybody.length]?.objectId ?? '',
      role: administratorLogin,
      scope,
      durationMs: activationMs,
    });
  }
  await time.passUntil(areClosed, 2 * activationMs);
}
