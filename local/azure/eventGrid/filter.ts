import type { ResourceEvent } from '../contract';
import type { AdvancedFilter, EventFilter } from './types';

/** True when a subscription with this filter wants the event. Strings compare without case. */
export function matches(filter: EventFilter | undefined, event: ResourceEvent): boolean {
  if (!filter) return true;
  const { includedEventTypes, subjectBeginsWith = '', subjectEndsWith = '' } = filter;
  const subject = event.subject.toLowerCase();
  if (includedEventTypes && !isOneOf(event.type, includedEventTypes)) return false;
  if (!subject.startsWith(subjectBeginsWith.toLowerCase())) return false;
  if (!subject.endsWith(subjectEndsWith.toLowerCase())) return false;
  return (filter.advancedFilters ?? []).every((one) => matchesAdvanced(one, event));
}

/**
 * A filter as Event Grid would refuse it: at most 25 advanced filters and 25 values in all, each at
 * most 512 characters (https://learn.microsoft.com/azure/event-grid/event-filtering).
 */
export function filterFault(filter: EventFilter | undefined): string | undefined {
  const advanced = filter?.advancedFilters ?? [];
  const values = advanced.flatMap((one) => one.values);
  if (advanced.length > 25) return `${advanced.length} advanced filters; at most 25.`;
  if (values.length > 25) return `${values.length} values in advanced filters; at most 25.`;
  const long = values.find((value) => value.length > 512);
  return long === undefined
    ? undefined
    : `A filter value has ${long.length} characters; at most 512.`;
}

function matchesAdvanced(filter: AdvancedFilter, event: ResourceEvent): boolean {
  const found = valueAt(event, filter.key);
  const value = typeof found === 'string' ? found.toLowerCase() : undefined;
  const test = OPERATORS[filter.operatorType];
  const isMet = filter.values.some((one) => value !== undefined && test(value, one.toLowerCase()));
  return filter.operatorType === 'StringNotIn' ? !isMet : isMet;
}

type Test = (value: string, wanted: string) => boolean;

/** `StringNotIn` is `StringIn` turned round by the caller, so that an absent value passes it. */
const OPERATORS: Record<AdvancedFilter['operatorType'], Test> = {
  StringIn: (value, wanted) => value === wanted,
  StringNotIn: (value, wanted) => value === wanted,
  StringBeginsWith: (value, wanted) => value.startsWith(wanted),
  StringEndsWith: (value, wanted) => value.endsWith(wanted),
  StringContains: (value, wanted) => value.includes(wanted),
};

function valueAt(event: ResourceEvent, key: string): unknown {
  const aliases: Record<string, string> = { eventType: 'type', source: 'topic' };
  return key.split('.').reduce<unknown>((value, part, index) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const name = index === 0 ? (aliases[part] ?? part) : part;
    return Object.entries(value).find(([known]) => known === name)?.[1];
  }, event);
}

function isOneOf(value: string, wanted: string[]): boolean {
  return wanted.some((one) => one.toLowerCase() === value.toLowerCase());
}
