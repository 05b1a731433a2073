import type { Placement } from '../../shared/domain/window/windowRow';
import { group } from './intakeWorld';

/** A rule that was proved open. */
export function placementOf(changes: Partial<Placement> = {}): Placement {
  return {
    nsgId: `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-1`,
    slot: 0,
    rule: {
      name: 'postern-dev001-x-0',
      priority: 200,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sources: [],
      sourceAsgIds: [],
      sourcePorts: ['*'],
      destinations: [],
      destinationAsgIds: [],
      destinationPorts: ['22'],
      description: 'postern1|1|1|x',
    },
    nextRule: null,
    targets: [],
    phase: 'open',
    lastPutAt: 1,
    lastDeleteAt: null,
    disarmAt: null,
    putCount: 1,
    deleteCount: 0,
    putAcceptedAt: 1,
    openedAt: Date.parse('2026-01-01T10:00:10Z'),
    deleteAcceptedAt: null,
    goneAt: null,
    closedAt: null,
    closedKind: null,
    nsgMissingSince: null,
    admittedAnyway: false,
    fault: null,
    faults: 0,
    notBefore: null,
    confirmedAt: null,
    unconfirmedSince: null,
    alarms: [],
    ...changes,
  };
}
