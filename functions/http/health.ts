import type { HttpHandler } from '@azure/functions';
import { Fault } from '../../shared/domain/fault';
import { isSilent, signingFault } from '../../shared/domain/sweep/heartbeat';
import type { World } from '../../shared/ports/world';
import { readHeartbeat } from '../sweep/heartbeat';
import type { SweepStatus } from '../sweep/sweeps';
import { noticesPart } from '../notices/noticesPart';
import { clockPart, healthAnswer, type Part, sweepPart } from './healthAnswer';

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
      sweeper: await sweeperPart(world),
      api: apiPart(world),
      notices: await orFault(() => noticesPart(world)),
      clock: clockPart(world),
    };
    return healthAnswer(parts);
  };
}

function openingPart({ opening }: World): Part {
  return 'faults' in opening
    ? { ok: false, faults: opening.faults }
    : { ok: true, policyVersion: opening.policy.version };
}

/** Nobody is let in while the API is faulty, so nobody can close early: somebody must see to it. */
function apiPart({ api }: World): Part {
  return 'faults' in api ? { ok: false, faults: api.faults } : { ok: true };
}

async function ledgerPart({ ledger }: World): Promise<Part> {
  return orFault(async () => {
    const live = await ledger.live.list();
    return { ok: true, live: live.length };
  });
}

/** The second, delete-only app: its last heartbeat, and whether it could close what is signed now. */
async function sweeperPart(world: World): Promise<Part> {
  const { opening, clock } = world;
  if ('faults' in opening) return { ok: true, watch: null };
  const { sweeper: watch, signer } = opening;
  if (watch === 'none') return { ok: true, watch };
  return orFault(async () => {
    const heartbeat = await readHeartbeat(world);
    const now = clock.now();
    const refuses = signingFault(watch, heartbeat, signer.keyVersion, now);
    return {
      ok: !isSilent(heartbeat, now) && refuses === null,
      watch,
      secondsAgo: heartbeat === null ? null : Math.round((now - heartbeat.at) / 1_000),
      version: heartbeat?.version ?? null,
      keyVersions: heartbeat?.keyVersions ?? [],
      refuses,
    };
  });
}

async function orFault(part: () => Promise<Part>): Promise<Part> {
  try {
    return await part();
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, azureCode: fault.facts.code };
    throw fault;
  }
}
