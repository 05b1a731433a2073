import { Fault } from '../../shared/domain/fault';
import type { ReviewRow } from '../../shared/domain/review';
import { isSilent, signingFault } from '../../shared/domain/sweep/heartbeat';
import type { World } from '../../shared/ports/world';
import { readHeartbeat } from '../sweep/heartbeat';
import type { SweepStatus } from '../sweep/sweeps';
import { noticesPart } from '../notices/noticesPart';
import { createAzureParts } from './azureParts';
import { askedSeldom } from './askedSeldom';
import { type Part, type Parts } from './healthAnswer';
import { clockPart, sweepPart } from './sweepParts';

/**
 * What is to be known of the app, part by part. What has to be asked outside is asked once in ten
 * seconds, however many want to know: ten thousand probes are one.
 */
export function createHealthParts(
  world: World,
  sweepStatus: () => SweepStatus,
): () => Promise<Parts> {
  const ledger = askedSeldom(world, () => ledgerPart(world));
  const reviews = askedSeldom(world, () => reviewsPart(world));
  const sweeper = askedSeldom(world, () => sweeperPart(world));
  const azure = askedSeldom(world, createAzureParts(world));
  const notices = askedSeldom(world, () => orFault(() => noticesPart(world)));
  return async () => ({
    closing: { ok: true },
    opening: openingPart(world),
    azure: placesPart(world),
    ledger: await ledger(),
    ...(await azure()),
    sweep: sweepPart(world, sweepStatus()),
    sweeper: await sweeper(),
    api: apiPart(world),
    notices: await notices(),
    remediation: remediationPart(world),
    reviews: await reviews(),
    clock: clockPart(world),
  });
}

function openingPart({ opening }: World): Part {
  return 'faults' in opening
    ? { ok: false, faults: opening.faults }
    : { ok: true, policyVersion: opening.policy.version };
}

/** What is proved at a place that only stands in for Azure says nothing of the real network. */
function placesPart({ notAzure }: World): Part {
  return notAzure.length === 0 ? { ok: true } : { ok: false, notAzure };
}

/** Nobody is let in while the API is faulty, so nobody can close early: somebody must see to it. */
function apiPart({ api }: World): Part {
  return 'faults' in api ? { ok: false, faults: api.faults } : { ok: true };
}

/** What can be asked of the remediator app, which has a health of its own. */
function remediationPart({ remediation }: World): Part {
  if (remediation === null) return { ok: true, queue: 'off' };
  return 'faults' in remediation ? { ok: false, faults: remediation.faults } : { ok: true };
}

async function ledgerPart({ ledger }: World): Promise<Part> {
  return orFault(async () => {
    const live = await ledger.live.list();
    return { ok: true, live: live.length };
  });
}

/** Red until somebody else has looked into every glass that was broken. */
async function reviewsPart({ ledger, clock }: World): Promise<Part> {
  return orFault(async () => {
    const open = (await ledger.reviews.list()).map(({ row }) => row).filter(isOpen);
    const oldest = Math.min(...open.map(({ openedAt }) => openedAt));
    return {
      ok: open.length === 0,
      open: open.length,
      windows: open.map(({ id }) => id).slice(0, 20),
      oldestSecondsAgo: open.length === 0 ? null : Math.round((clock.now() - oldest) / 1_000),
    };
  });
}

function isOpen({ closed }: ReviewRow): boolean {
  return closed === null;
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
