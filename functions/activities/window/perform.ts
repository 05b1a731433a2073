import { factsOf } from '../../../shared/domain/fault';
import { type EffectStep, isRefusedPut, type Outcome } from '../../../shared/domain/window/apply';
import { maySend, mayStillSend } from '../../../shared/domain/window/deadline';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import { recordPut } from './record';
import { iso, type Run } from './run';

/** An effect that the saved row announces: what, for which placement, and announced when. */
export type Effect = {
  readonly index: number;
  readonly placement: Placement;
  readonly step: EffectStep;
  readonly announcedAt: number;
};

/** Sends one write. Never throws: what came of it is a value, so that the other writes go on. */
export async function perform(run: Run, row: WindowRow, effect: Effect): Promise<Outcome> {
  const { placement, step } = effect;
  try {
    const outcome = await send(run, row, effect);
    report(run, effect, outcome);
    return outcome;
  } catch (error) {
    const fault = factsOf(error);
    run.world.log.warn(`rule.${verbs[step.do]}Failed`, {
      windowId: run.windowId,
      nsgId: placement.nsgId,
      rule: placement.rule.name,
      faultKind: fault.kind,
      azureCode: fault.code,
      status: fault.status,
    });
    return { kind: 'fault', fault };
  }
}

const verbs = {
  putRule: 'put',
  extendRule: 'extend',
  disarmRule: 'disarm',
  deleteRule: 'delete',
} as const;

async function send(run: Run, row: WindowRow, effect: Effect): Promise<Outcome> {
  const { placement, step, announcedAt } = effect;
  if (step.do === 'deleteRule') {
    return { kind: await run.world.network.deleteRule(placement.nsgId, placement.rule.name) };
  }
  // The worker may have been frozen since the save: the row may have been closed in the meantime.
  const isInTime = (): boolean => {
    const now = nowOfWorld(run.world);
    return step.do === 'disarmRule'
      ? mayStillSend(row, announcedAt, now)
      : maySend(row, announcedAt, step.answeredAt, now);
  };
  if (!isInTime()) return { kind: 'unsent' };
  if (step.do !== 'disarmRule') {
    try {
      await recordPut(run, row, placement, step);
    } catch (error) {
      return { kind: 'unrecorded', fault: factsOf(error) };
    }
    if (!isInTime()) return { kind: 'unsent' };
  }
  let mayLand = true;
  try {
    return { kind: await run.world.network.putRule(placement.nsgId, step.rule) };
  } catch (error) {
    mayLand = !isRefusedPut(factsOf(error));
    throw error;
  } finally {
    if (mayLand) {
      run.puts.push({
        nsgId: placement.nsgId,
        ruleName: step.rule.name,
        announcedAt,
        answeredAt: run.world.clock.now(),
      });
    }
  }
}

function report(run: Run, { placement, step }: Effect, outcome: Outcome): void {
  const { log, clock } = run.world;
  const { rule, nsgId } = placement;
  const fields = { windowId: run.windowId, nsgId, rule: rule.name, at: iso(clock.now()) };
  if (outcome.kind === 'unsent') {
    log.warn('rule.putUnsent', fields);
  } else if (outcome.kind === 'unrecorded') {
    const { kind, code } = outcome.fault;
    log.warn('rule.putUnrecorded', { ...fields, faultKind: kind, azureCode: code });
  } else if (step.do === 'deleteRule') {
    log.info('rule.deleteAccepted', { ...fields, absent: outcome.kind === 'absent' });
  } else {
    log.info(`rule.${verbs[step.do]}Accepted`, {
      ...fields,
      priority: step.rule.priority,
      access: step.rule.access,
      sources: step.rule.sources,
      destinations: step.rule.destinations,
      ports: step.rule.destinationPorts,
    });
  }
}
