import {
  type AuditFacts,
  type AuditRecord,
  type ChainEnd,
  lineOf,
  parseRecord,
  recordAfter,
} from './auditRecord';

/** Facts as the records that follow `end`, and the text that is appended for them. */
export function link(
  end: ChainEnd,
  facts: readonly AuditFacts[],
): { readonly records: readonly AuditRecord[]; readonly text: string } {
  const records: AuditRecord[] = [];
  for (const fact of facts) records.push(recordAfter(records.at(-1) ?? end, fact));
  return { records, text: records.map((record) => `${lineOf(record)}\n`).join('') };
}

/** What the last lines of a file say; `null` for records where one cannot be read. */
export function recordsIn(text: string): (AuditRecord | null)[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseRecord);
}

/** The facts that have no record among `ids`, each once. */
export function unwritten(
  facts: readonly AuditFacts[],
  ids: ReadonlySet<string>,
): readonly AuditFacts[] {
  const told = new Set(ids);
  return facts.filter(({ id }) => {
    if (told.has(id)) return false;
    told.add(id);
    return true;
  });
}
