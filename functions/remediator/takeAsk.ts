import * as z from 'zod';
import { isGuid, parseArmId } from '../../shared/domain/armId';
import { hashId } from '../../shared/domain/identity';
import {
  askedIdForm,
  askedScopesMax,
  type RemediationAsk,
} from '../../shared/domain/remediation/ask';
import { askedRun } from '../../shared/domain/remediation/newRun';
import { isOver } from '../../shared/domain/remediation/remediationRow';
import type { RemediatorWorld } from '../../shared/ports/remediatorWorld';
import { beginRun, changeRun } from './rows';

const person = z.string().refine(isGuid);
const id = z.string().regex(askedIdForm);
const anyId = z.union([id, z.string().regex(/^night-\d{8}$/)]);
const armId = z.string().refine((text) => parseArmId(text) !== null);

const askForm: z.ZodType<RemediationAsk> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('start'),
    schema: z.literal(1),
    id,
    askedBy: person,
    askedAt: z.int().positive(),
    scopes: z.array(armId.transform((text) => text.toLowerCase())).max(askedScopesMax),
    dryRun: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('cancel'), schema: z.literal(1), id: anyId, askedBy: person }),
  z.strictObject({
    kind: z.literal('release'),
    schema: z.literal(1),
    vmId: armId,
    askedBy: person,
  }),
]);

/** What was asked for longer ago than this is not wanted any more: the app was off, or the queue stood. */
const staleMs = 24 * 3_600_000;

type Taken = 'started' | 'exists' | 'cancelling' | 'released' | 'nothing' | 'stale' | 'unreadable';

/**
 * One message of the main app. Whatever it holds is input: what is not as its schema says is told
 * and dropped, because it would be no better the next time. Throws `Fault` when the ledger cannot be
 * reached; the message comes again then, and is taken once.
 */
export async function takeAsk(world: RemediatorWorld, message: unknown): Promise<Taken> {
  const read = askForm.safeParse(parsed(message));
  if (!read.success) {
    world.log.warn('remediation.askUnreadable', {});
    return 'unreadable';
  }
  const taken = await take(world, read.data);
  const { kind, askedBy } = read.data;
  world.log.info('remediation.asked', { kind, askedBy, taken });
  return taken;
}

async function take(world: RemediatorWorld, ask: RemediationAsk): Promise<Taken> {
  switch (ask.kind) {
    case 'start': {
      if (world.clock.now() - ask.askedAt > staleMs) return 'stale';
      const begun = await beginRun(world, askedRun(ask));
      return begun === 'begun' ? 'started' : 'exists';
    }
    case 'cancel':
      return cancel(world, ask.id, ask.askedBy);
    case 'release':
      return release(world, ask.vmId);
  }
}

async function cancel(world: RemediatorWorld, runId: string, askedBy: string): Promise<Taken> {
  const now = world.clock.now();
  const row = await changeRun(world, runId, (was) =>
    isOver(was) || was.cancelAt !== null ? was : { ...was, cancelAt: now, cancelledBy: askedBy },
  );
  return row === null || isOver(row) ? 'nothing' : 'cancelling';
}

async function release({ ledger }: RemediatorWorld, vmId: string): Promise<Taken> {
  const stored = await ledger.standings.get(hashId(vmId.toLowerCase()));
  if (stored === null) return 'nothing';
  await ledger.standings.remove(stored.row.id, stored.etag);
  return 'released';
}

/** A queue's trigger hands on JSON parsed, and everything else as text. */
function parsed(message: unknown): unknown {
  if (typeof message !== 'string') return message;
  try {
    return JSON.parse(message);
  } catch {
    return null;
  }
}
