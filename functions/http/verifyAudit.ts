import { auditQuery } from '../../shared/contract/auditQuery';
import { problem } from '../../shared/contract/problem';
import { type Verification, verifyFiles } from '../../shared/audit/verifyFiles';
import type { World } from '../../shared/ports/world';
import { json } from './answer';
import type { CallerHandler } from './asCaller';
import { isAuditor, notAnAuditor, tooMuch } from './readAudit';

/** More than this is not held in memory for one answer. */
const charactersMax = 32_000_000;

/**
 * `GET /api/audit/verify`: walks every chain of a period, those of days included, and names each
 * record that was edited, removed, moved, inserted or cut. `npm run audit -- verify` does the same
 * offline, and needs to trust nobody. For auditors alone.
 */
export function verifyAudit(world: World): CallerHandler {
  return async ({ url }, caller) => {
    if (!isAuditor(world, caller)) return notAnAuditor();
    const asked = auditQuery(new URL(url).searchParams, world.clock.now());
    if ('detail' in asked) {
      return problem('badQuery', 'The query is not understood.', asked.detail);
    }
    const { from, to } = asked;
    const files = new Map<string, string>();
    let characters = 0;
    for await (const { name, text } of world.audit.files({ from, to })) {
      files.set(name, text);
      characters += text.length;
      if (characters > charactersMax) return tooMuch();
    }
    const open = (name: string): AsyncIterable<Uint8Array> => chunksOf(files.get(name) ?? '');
    return json(viewOf(await verifyFiles([...files.keys()], open, false), files.size));
  };
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}

function viewOf({ files, notes }: Verification, count: number) {
  const broken = files.flatMap(({ file, chain, fault }) =>
    fault === null ? [] : [{ file, chain: chain ?? '', ...fault }],
  );
  return {
    intact: broken.length === 0 && notes.length === 0,
    files: count,
    records: files.reduce((sum, { read }) => sum + read, 0),
    faults: [...broken, ...notes],
  };
}
