import { type Surroundings, valueOf } from './policyExpression';

export type Json = Readonly<Record<string, unknown>>;

/**
 * Whether a condition of a policy holds, by the rules of
 * learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule: texts are
 * compared without case; what is not there equals nothing, contains nothing and is like nothing, so
 * that each negation of these holds. Throws for what this does not know: no word is passed over.
 */
export function holds(condition: Json, around: Surroundings): boolean {
  if ('allOf' in condition) return list(condition['allOf']).every((one) => holds(one, around));
  if ('anyOf' in condition) return list(condition['anyOf']).some((one) => holds(one, around));
  if ('not' in condition) return !holds(condition['not'] as Json, around);
  if ('count' in condition) return compare(counted(condition['count'] as Json, around), condition);
  const subject =
    'field' in condition
      ? around.field(String(valueOf(condition['field'], around)))
      : valueOf(condition['value'], around);
  return compare(subject, condition, around);
}

function list(json: unknown): readonly Json[] {
  if (!Array.isArray(json) || json.length === 0) throw new Error('a list without conditions');
  return json as Json[];
}

/** How many members of a list a condition holds for, each being `current` in its turn. */
function counted({ value, name, where }: Json, around: Surroundings): number {
  const each = settled(where as Json, around);
  const { current } = around;
  return (valueOf(value, around) as unknown[]).filter((member) =>
    holds(each, { ...around, current: { ...current, [String(name)]: member } }),
  ).length;
}

/** With a value that is the same for each member, worked out once. */
function settled(where: Json, around: Surroundings): Json {
  const { value } = where;
  if (typeof value !== 'string' || value.includes('current(')) return where;
  return { ...where, value: valueOf(value, around) };
}

type Test = (subject: unknown, wanted: unknown) => boolean;

const tests: Readonly<Record<string, Test>> = {
  equals: isSame,
  notEquals: (subject, wanted) => !isSame(subject, wanted),
  like: isLike,
  notLike: (subject, wanted) => !isLike(subject, wanted),
  contains: hasPart,
  notContains: (subject, wanted) => !hasPart(subject, wanted),
  in: (subject, wanted) => (wanted as unknown[]).some((one) => isSame(subject, one)),
  notIn: (subject, wanted) => !(wanted as unknown[]).some((one) => isSame(subject, one)),
  exists: (subject, wanted) => isThere(subject) === (String(wanted).toLowerCase() === 'true'),
  greater: (subject, wanted) => (subject as number) > (wanted as number),
  lessOrEquals: (subject, wanted) => (subject as number) <= (wanted as number),
  // Of API versions, which are dates: their order is that of their texts.
  greaterOrEquals: (subject, wanted) => String(subject) >= String(wanted),
};

function compare(subject: unknown, condition: Json, around?: Surroundings): boolean {
  const words = Object.keys(condition).filter(
    (word) => !['field', 'value', 'count'].includes(word),
  );
  const [word] = words;
  const test = word === undefined || words.length > 1 ? undefined : tests[word];
  if (word === undefined || test === undefined) throw new Error(`no condition ${words.join()}`);
  const wanted = condition[word];
  return test(subject, around === undefined ? wanted : valueOf(wanted, around));
}

function isThere(subject: unknown): boolean {
  return subject !== null && subject !== undefined;
}

function isSame(subject: unknown, wanted: unknown): boolean {
  return isThere(subject) && String(subject).toLowerCase() === String(wanted).toLowerCase();
}

function hasPart(subject: unknown, wanted: unknown): boolean {
  return isThere(subject) && String(subject).toLowerCase().includes(String(wanted).toLowerCase());
}

/** `*` stands for any text, and may stand once. */
function isLike(subject: unknown, wanted: unknown): boolean {
  const [start = '', end, ...more] = String(wanted).toLowerCase().split('*');
  if (more.length > 0) throw new Error(`more than one wildcard in ${String(wanted)}`);
  if (!isThere(subject)) return false;
  const text = String(subject).toLowerCase();
  if (end === undefined) return text === start;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
