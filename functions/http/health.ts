import type { HttpHandler } from '@azure/functions';
import { Fault } from '../../shared/domain/fault';
import { skewMaxMs } from '../../shared/domain/instant';
import type { World } from '../../shared/ports/world';
import { json } from './answer';

/** When the sweep last came to its end on this instance, and whether it saw everything. */
export type SweepStatus = { readonly endedAt: number; readonly complete: boolean } | null;

type Part = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/**
 * `GET /api/health`: 200 while everything is in order, else 503 with what is not. A faulty opening
 * half makes it red although windows go on closing: somebody must see to it.
 */
export function health(world: World, sweepStatus: () => SweepStatus): HttpHandler {
  return async () => {
    const parts: Readonly<Record<string, Part>> = {
      closing: { ok: true },
      opening: openingPart(world),
      ledger: await ledgerPart(world),
      sweep: sweepPart(world, sweepStatus()),
      clock: clockPart(world),
    };
    return healthAnswer(parts);
  };
}

/** Health of an app whose closing half is faulty: red, naming every fault. */
export function faultyHealth(faults: readonly string[]): HttpHandler {
  return () => healthAnswer({ closing: { ok: false, faults }, opening: { ok: false } });
}

function healthAnswer(parts: Readonly<Record<string, Part>>) {
  const ok = Object.values(parts).every((part) => part.ok);
  return json({ status: ok ? 'green' : 'red', ...parts }, ok ? 200 : 503);
}

function openingPart({ opening }: World): Part {
  return 'faults' in opening
    ? { ok: false, faults: opening.faults }
    : { ok: true, policyVersion: opening.policy.version };
}

async function ledgerPart({ ledger }: World): Promise<Part> {
  try {
    const live = await ledger.live.list();
    return { ok: true, live: live.length };
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, azureCode: fault.facts.code };
    throw fault;
  }
}

/** Three periods and a minute without a sweep: nobody would take over if a sleeper died. */
function sweepPart({ clock, sweepPeriodMs }: World, status: SweepStatus): Part {
  if (status === null) return { ok: false, secondsAgo: null };
  const agoMs = clock.now() - status.endedAt;
  return {
    ok: status.complete && agoMs <= 3 * sweepPeriodMs + 60_000,
    complete: status.complete,
    secondsAgo: Math.round(agoMs / 1_000),
  };
}

function clockPart({ clock }: World): Part {
  const { skewMs, measuredAt } = clock.skew();
  return {
    ok: Math.abs(skewMs) <= skewMaxMs,
    skewSeconds: Math.round(skewMs / 100) / 10,
    measuredSecondsAgo: measuredAt === null ? null : Math.round((clock.now() - measuredAt) / 1_000),
  };
}
