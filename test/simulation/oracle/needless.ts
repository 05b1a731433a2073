import type { History } from './history';
import type { Activation, Circumstances, Violation } from './judge';

/** Reasons that speak of the end of an activation. */
const ofPim = new Set(['activationGone', 'deactivated', 'confirmationLost']);
/** Answers of PIM's that lacked what stood: two of them, half a minute apart, deceive anybody. */
const deceptions = /^(?:paging skips|endDateTime|list lacks|body truncated|listed 20 s late)/;
const deceivedMs = 300_000;

/** A window is not closed for the end of an activation that stands: one list closes nothing. */
export function needlessFaults(
  { lines }: Pick<History, 'lines'>,
  activations: readonly Activation[],
  { afflictions }: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  const said = lines.filter(({ fields }) => fields['event'] === 'window.closing');
  return said.flatMap(({ atMs, fields }) => {
    const { windowId, reason } = fields;
    const activation = activations.find((one) => one.windowId === windowId);
    if (activation === undefined || !ofPim.has(String(reason))) return [];
    const endMs = activation.endedMs ?? activation.endMs;
    const seen = afflictions.filter((one) => one.atMs <= atMs && one.untilMs > atMs - deceivedMs);
    const lists = seen.filter(({ kind }) => deceptions.test(kind)).length;
    const clocks = seen.some(({ group }) => group === 'clock');
    if (endMs <= atMs || lists > 1 || clocks) return [];
    const what = `${String(windowId)} was closed as ${String(reason)} while its activation stood`;
    return [{ invariant: 'no needless close', what, atMs }];
  });
}
