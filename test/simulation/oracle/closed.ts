import { type History, partsOf } from './history';
import type { Circumstances, Violation } from './judge';

/** The app may read, save and write its line a little after the fact. */
const slackMs = 30_000;

/** A window whose end was told stands open nowhere: not one of its rules. */
export function isShutWhenClosed({ lines, stays }: History, { endMs }: Circumstances): Violation[] {
  const said = lines.filter(({ fields }) => fields['event'] === 'window.closed');
  return said.flatMap(({ atMs, fields }) => {
    const { windowId } = fields;
    const standing = stays.find(
      (stay) =>
        stay.by === 'app' &&
        stay.properties.access === 'Allow' &&
        partsOf(stay.name)?.windowId === windowId &&
        stay.fromMs < atMs - slackMs &&
        (stay.toMs ?? endMs + 1) > atMs,
    );
    if (standing === undefined) return [];
    const what = `${String(windowId)} was called closed and ${standing.name} stood`;
    return [{ invariant: 'closed means gone', what, atMs }];
  });
}

/** Closed means gone: no line says so while the network still obeys the rule as it did before. */
export function isGoneWhenClosed({ lines, stays }: History, { endMs }: Circumstances): Violation[] {
  const said = lines.filter(({ fields }) => fields['event'] === 'rule.closed');
  return said.flatMap(({ atMs, fields }) => {
    const { rule, nsgId, kind } = fields;
    // The rules of an NSG that is gone stand nowhere; what was never put never stood.
    if (kind !== 'deleted' && kind !== 'removedByOthers') return [];
    const standing = stays.find(
      (stay) =>
        stay.name === rule &&
        stay.nsgId.toLowerCase() === String(nsgId).toLowerCase() &&
        stay.fromMs < atMs - slackMs &&
        (stay.toMs ?? endMs + 1) > atMs,
    );
    return standing === undefined
      ? []
      : [{ invariant: 'closed means gone', what: `${String(rule)} was called closed`, atMs }];
  });
}
