import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { registerFaulty, registerNotReady } from '../../functions/faulty';
import { register } from '../../functions/index';
import { createIntakeWorld } from '../support/intakeWorld';

type Binding = Record<string, unknown> & { type: string };
type Registry = {
  functions: Map<string, { metadata: { bindings: Record<string, Binding> }; callback: unknown }>;
  hooks: Map<string, unknown[]>;
};

const { registry } = require('@azure/functions-core') as { registry: Registry };

beforeEach(() => {
  registry.functions.clear();
  registry.hooks.clear();
});

describe('the list of doors', () => {
  it('is all that there is', () => {
    register({ ...app, ...df.app }, createIntakeWorld());
    expect(doors()).toEqual({
      accessWindow: 'orchestrationTrigger',
      activationIntake: 'orchestrationTrigger',
      activationQueued: 'queueTrigger %ACTIVATION_QUEUE% AzureWebJobsStorage',
      activationReceived: 'eventGridTrigger',
      advanceIntake: 'activityTrigger',
      advanceWindow: 'activityTrigger',
      approveWindow: 'httpTrigger POST windows/{id}/approve anonymous',
      cancelRemediation: 'httpTrigger POST remediations/{id}/cancel anonymous',
      closeAllWindows: 'httpTrigger POST windows/close-all anonymous',
      closeWindow: 'httpTrigger POST windows/{id}/close anonymous',
      connectRdp: 'httpTrigger GET windows/{id}/connect.rdp anonymous',
      connectWindow: 'httpTrigger GET windows/{id}/connect anonymous',
      denyWindow: 'httpTrigger POST windows/{id}/deny anonymous',
      extendWindow: 'httpTrigger POST windows/{id}/extend anonymous',
      getRemediation: 'httpTrigger GET remediations/{id} anonymous',
      getWindow: 'httpTrigger GET windows/{id} anonymous',
      health: 'httpTrigger GET health function',
      listQuarantine: 'httpTrigger GET quarantine anonymous',
      listRemediations: 'httpTrigger GET remediations anonymous',
      listWindows: 'httpTrigger GET windows anonymous',
      openapi: 'httpTrigger GET openapi.json anonymous',
      readAudit: 'httpTrigger GET audit anonymous',
      readinessCsv: 'httpTrigger GET readiness.csv anonymous',
      readReadiness: 'httpTrigger GET readiness anonymous',
      readReport: 'httpTrigger GET remediations/{id}/report anonymous',
      readReview: 'httpTrigger GET windows/{id}/review anonymous',
      ready: 'httpTrigger GET ready anonymous',
      reconcileDue: 'timerTrigger 0 * * * * *',
      releaseVm: 'httpTrigger POST quarantine/{id}/release anonymous',
      requestRemediation: 'httpTrigger POST remediations anonymous',
      requestWindow: 'httpTrigger POST windows anonymous',
      reviewWindow: 'httpTrigger POST windows/{id}/review anonymous',
      startSuccessor: 'activityTrigger',
      sweepDue: 'timerTrigger 0 * * * * *',
      verifyAudit: 'httpTrigger GET audit/verify anonymous',
    });
    expect(registry.hooks.get('appStart')?.length).toBe(1);
  });

  it('has the durable client where something is started, and only there', () => {
    register({ ...app, ...df.app }, createIntakeWorld());
    const starting = [...registry.functions]
      .filter(([, { metadata }]) =>
        Object.values(metadata.bindings).some(({ type }) => type === 'durableClient'),
      )
      .map(([name]) => name);
    expect(starting.sort()).toEqual([
      'activationQueued',
      'activationReceived',
      'advanceIntake',
      'approveWindow',
      'closeAllWindows',
      'closeWindow',
      'extendWindow',
      'reconcileDue',
      'requestWindow',
      'startSuccessor',
    ]);
  });

  it('is health and one alarm when the app cannot close', () => {
    registerFaulty({ ...app, ...df.app }, ['DEPLOYMENT is missing.']);
    registerNotReady(app);
    expect(doors()).toEqual({
      closingDisabled: 'timerTrigger 0 * * * * *',
      health: 'httpTrigger GET health function',
      ready: 'httpTrigger GET ready anonymous',
    });
    const lines: string[] = [];
    const handler = registry.functions.get('closingDisabled')?.callback as (
      timer: unknown,
      context: { error(line: string): void },
    ) => void;
    handler({}, { error: (line) => lines.push(line) });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'closingDisabled', alarm: true, faults: ['DEPLOYMENT is missing.'] },
    ]);
  });
});

/** Each function's trigger with what matters of it. */
function doors(): Record<string, string> {
  return Object.fromEntries(
    [...registry.functions].map(([name, { metadata }]) => {
      const triggers = Object.values(metadata.bindings).filter(({ type }) =>
        /trigger$/i.test(type),
      );
      return [name, triggers.map(told).join()];
    }),
  );
}

function told({
  type,
  methods,
  route,
  authLevel,
  schedule,
  queueName,
  connection,
}: Binding): string {
  const details = [methods, route, authLevel, schedule, queueName, connection];
  return [type, ...details.filter((one) => one !== undefined)].map(String).join(' ');
}
