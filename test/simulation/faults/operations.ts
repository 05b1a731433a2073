import type { ArmRequest } from '../../../local/azure/contract';
import type { OperationEnd } from '../../../local/azure/resourceManager/call';
import type { FaultKind, Stage } from '../stage';
import type { FaultPlan } from '../plan';

const isRuleWrite = ({ method, url }: ArmRequest): boolean =>
  (method === 'PUT' || method === 'DELETE') && /\/securityRules\/postern-/i.test(url);

const canceled: OperationEnd = {
  status: 'Canceled',
  error: { code: 'Canceled', message: 'Operation was canceled.' },
};
const superseded: OperationEnd = {
  status: 'Canceled',
  error: {
    code: 'Canceled',
    message: 'Operation was canceled.',
    details: [{ code: 'CanceledAndSupersededDueToAnotherOperation', message: 'Another one came.' }],
  },
};
const failed: OperationEnd = {
  status: 'Failed',
  error: { code: 'InternalServerError', message: 'An error occurred.' },
};

/** Hands a fault to the local Resource Manager for its time, and counts it when it strikes. */
function atResourceManager(
  stage: Stage,
  fault: FaultPlan,
  make: Parameters<ReturnType<Stage['simulation']>['azure']['resourceManager']['faults']['add']>[0],
): void {
  let skip = fault.skip;
  let times = fault.times;
  stage.at(fault.atMs, () => {
    const { faults } = stage.simulation().azure.resourceManager;
    const untilMs = Date.now() + fault.forMs;
    faults.add({
      ...make,
      when: (request) => {
        if (times <= 0 || Date.now() > untilMs || stage.isCalm()) return false;
        if (!make.when(request)) return false;
        if (skip-- > 0) return false;
        times -= 1;
        stage.took(fault, make.lateMs);
        return true;
      },
    });
  });
}

function operationFault(name: string, operation: OperationEnd): FaultKind {
  return {
    name,
    group: 'resourceManager',
    aim: 'closing',
    skip: 1,
    install: (stage, fault) => atResourceManager(stage, fault, { when: isRuleWrite, operation }),
  };
}

/** What becomes of writes that Resource Manager has accepted. */
export const operationFaults: readonly FaultKind[] = [
  operationFault('operation cancelled', canceled),
  operationFault('operation superseded', superseded),
  operationFault('operation failed', failed),
  operationFault('operation failed but lands', { ...failed, lands: true }),
  {
    name: 'PUT lands late',
    group: 'resourceManager',
    aim: 'opening',
    skip: 1,
    install: (stage, fault) =>
      atResourceManager(stage, fault, {
        when: (request) => request.method === 'PUT' && isRuleWrite(request),
        drop: 'beforeEffect',
        lateMs: stage.dice(fault).int(5_000, 80_000),
      }),
  },
  {
    name: 'operation never ends',
    group: 'resourceManager',
    aim: 'closing',
    times: [1, 1],
    skip: 0,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const { latency } = stage.simulation().azure.resourceManager.settings;
        const usual = latency.ruleDelete;
        const length = stage.dice(fault).int(90_000, 900_000);
        latency.ruleDelete = (chance) => {
          latency.ruleDelete = usual;
          if (stage.isCalm()) return typeof usual === 'number' ? usual : usual(chance);
          stage.took(fault, length);
          return length;
        };
      });
    },
  },
];
