import type { Outcome } from './outcome';
import { isPassed } from './outcome';

/** The outcome for people: figures first, the verdict last. */
export function printOutcome(outcome: Outcome): string {
  const { marginS, hostStartMs } = outcome;
  const broken = Object.entries(outcome.brokenOff).map(([name, times]) => `${name} ${times}`);
  return [
    `seed ${outcome.seed}`,
    `windows opened        ${outcome.opened} of ${outcome.activations} activations ` +
      `(at least ${outcome.openedLeast})`,
    `kills                 ${outcome.kills} (at least ${outcome.killsLeast}), ` +
      `${outcome.killsWhileStarting} of them while the host started`,
    `kills in mid-step     ${outcome.killsMidStep}` +
      (broken.length === 0 ? '' : `; broken off: ${broken.join(', ')}`),
    ...(hostStartMs === null
      ? []
      : [
          `host ready after      ${seconds(hostStartMs.median)} s (median), ` +
            `${seconds(hostStartMs.most)} s (most)`,
        ]),
    ...(marginS === null
      ? []
      : [
          `gone before deadline  ${marginS.median.toFixed(1)} s (median), ` +
            `${marginS.least.toFixed(1)} s (least)`,
        ]),
    ...outcome.otherFaults.map((fault) => `fault: ${fault}`),
    ...shortfalls(outcome),
    ...verdict(outcome),
    isPassed(outcome) ? 'passed' : 'FAILED',
  ].join('\n');
}

function shortfalls({ opened, openedLeast, kills, killsLeast }: Outcome): string[] {
  return [
    ...(opened < openedLeast ? [`fault: only ${opened} windows were opened.`] : []),
    ...(kills < killsLeast ? [`fault: only ${kills} times was the host killed.`] : []),
  ];
}

function verdict({ late }: Outcome): string[] {
  if (late.length === 0) return ['0 rules past their deadline'];
  return [
    `${late.length} rules past their deadline:`,
    ...late.map(
      ({ rule, nsg, deadline, overrunS, gone }) =>
        `  ${rule} in ${nsg}: ${overrunS.toFixed(1)} s past ${deadline}` +
        (gone ? '' : ', and it still stands'),
    ),
  ];
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
