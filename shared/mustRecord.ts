import type { AuditFacts } from './domain/audit/auditRecord';
import { Fault, factsOf } from './domain/fault';
import type { AuditedWindow } from './ports/audit';
import type { World } from './ports/world';
import { raiseOnce } from './raiseOnce';

/** What opens waits so long for its record: a PUT is sent within 20 s of its announcement. */
const openingMs = 8_000;
/** What does not open waits no longer than this. */
const closingMs = 2_000;

type RecordingWorld = Pick<World, 'audit' | 'clock' | 'log'>;

/**
 * Puts facts on record before something is done that opens, or refuses. Throws `Fault`, as storage
 * that is out of reach whatever the cause: a right that is missing here says nothing of the rule.
 */
export async function mustRecord(
  world: RecordingWorld,
  window: AuditedWindow,
  facts: readonly AuditFacts[],
): Promise<void> {
  try {
    await world.audit.append(window, facts, openingMs);
  } catch (error) {
    tellUnwritten(world, window.id, error);
    const { code, status, retryAfterMs } = factsOf(error);
    const unwritten = { kind: 'unavailable', code: `Audit.${code}`, status, retryAfterMs } as const;
    throw new Fault(unwritten, 'writing the audit');
  }
}

/** Puts facts on record that nothing waits for. False, with the alarm, where it cannot; never throws. */
export async function mayRecord(
  world: RecordingWorld,
  window: AuditedWindow,
  facts: readonly AuditFacts[],
): Promise<boolean> {
  try {
    await world.audit.append(window, facts, closingMs);
    return true;
  } catch (error) {
    tellUnwritten(world, window.id, error);
    return false;
  }
}

/** Raises the alarm that something is not on record: one occasion, however many windows see it. */
export function tellUnwritten(
  world: Pick<World, 'clock' | 'log'>,
  windowId: string,
  error: unknown,
): void {
  const { kind, code, status } = factsOf(error);
  raiseOnce(world, 'auditUnwritten', { windowId, faultKind: kind, azureCode: code, status });
}
