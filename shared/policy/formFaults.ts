import type * as z from 'zod';
import { isPolicyFaultCode } from './policyFault';
import type { PathFault, PolicyFaultCode } from './policyFault';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** Our own codes and words for what the schema found, one fault for each unknown key. */
export function formFaults(issues: readonly Issue[], above: Path = []): PathFault[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path.map((key) => (typeof key === 'symbol' ? '' : key))];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey([...path, key]));
    }
    if (issue.code === 'invalid_union') return unionFaults(issue, path);
    return [{ path, ...sayingOf(issue) }];
  });
}

function unknownKey(path: Path): PathFault {
  return { path, atKey: true, code: 'unknownKey', message: `Nobody knows the key ${path.at(-1)}.` };
}

/** The branch that fits in type and fails further in says more than "neither of them". */
function unionFaults(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path): PathFault[] {
  const fitting = issue.errors.find((branch) =>
    branch.every(({ path: below, code }) => below.length > 0 || code === 'unrecognized_keys'),
  );
  if (fitting !== undefined) return formFaults(fitting, path);
  return [{ path, code: 'wrongType', message: 'It has neither of the forms that are possible.' }];
}

function sayingOf(issue: Issue): { readonly code: PolicyFaultCode; readonly message: string } {
  const { message } = issue;
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code'];
    return { code: isPolicyFaultCode(code) ? code : 'unknownValue', message };
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    return { code: 'outOfRange', message };
  }
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_value') {
    return { code: 'unknownValue', message };
  }
  // Nothing else can be absent: what a YAML text holds is never undefined.
  if (issue.input === undefined) {
    return { code: 'missingKey', message: `The key ${String(issue.path.at(-1))} is missing.` };
  }
  return { code: issue.code === 'invalid_type' ? 'wrongType' : 'unknownValue', message };
}
