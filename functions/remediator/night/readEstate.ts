import { isAtOrUnder } from '../../../shared/domain/armId';
import { factsOf } from '../../../shared/domain/fault';
import { hashId } from '../../../shared/domain/identity';
import type {
  Candidate,
  CandidateSurroundings,
} from '../../../shared/domain/remediation/candidate';
import { loginExtensionOf } from '../../../shared/domain/remediation/loginExtension';
import type { StandingRow } from '../../../shared/domain/remediation/standing';
import type { InstallingPolicy } from '../../../shared/ports/machines';
import { askIndex } from './askIndex';
import type { NightRun } from './nightRun';

/** What is true around the VMs of one run. */
export type EstateKnowledge = {
  around(candidate: Candidate): CandidateSurroundings;
  standingOf(candidate: Candidate): StandingRow | undefined;
};

/**
 * Reads what is judged beside each VM: names that exist twice, policies that install by themselves,
 * and what the last nights came to. Throws `Fault`: without any of it a VM might be harmed.
 */
export async function readEstate(run: NightRun): Promise<EstateKnowledge> {
  const { index, ledger } = run.world;
  const [names, policies, rows] = await Promise.all([
    askIndex(run, () => index.listDuplicateNames()),
    listPolicies(run),
    ledger.standings.list(),
  ]);
  const duplicates = new Set(names);
  const standings = new Map(rows.map(({ row }) => [row.id, row]));
  return {
    around: (candidate) => ({
      duplicateName: duplicates.has(candidate.computerName.toLowerCase()),
      policyAssignmentId: policyFor(candidate, policies),
    }),
    standingOf: ({ vmId }) => standings.get(hashId(vmId.toLowerCase())),
  };
}

/**
 * Where assignments may not be read, none is known, and that is told: a policy that installs as
 * well is seen on each VM, as an install under way.
 */
async function listPolicies(run: NightRun): Promise<readonly InstallingPolicy[]> {
  try {
    return await askIndex(run, () => run.world.index.listInstallingPolicies());
  } catch (error) {
    const { kind, code } = factsOf(error);
    if (kind !== 'denied' && kind !== 'invalid') throw error;
    run.world.log.warn('remediation.policiesUnreadable', { faultKind: kind, azureCode: code });
    return [];
  }
}

function policyFor(candidate: Candidate, policies: readonly InstallingPolicy[]): string {
  const { vmId } = candidate;
  const wanted = loginExtensionOf(candidate)?.type;
  const found = policies.find(
    ({ scope, notScopes, type }) =>
      type === wanted &&
      isAtOrUnder(vmId, scope) &&
      !notScopes.some((one) => isAtOrUnder(vmId, one)),
  );
  return found?.id ?? '';
}
