import { boundMs } from './bound';
import { type StormLayout, stormLayout } from './layouts';
import { playNaive } from './naive';
import { type OurOutcome, playOurs } from './ours';
import type { StormOutcome } from './outcome';
import type { Weather } from './weather';

/** One storm: a layout and what goes wrong meanwhile. */
export type Storm = { name: string; weather: Weather; layout: () => StormLayout };

/** What came of a storm, and what it had to come to. */
export type StormReport = {
  storm: string;
  weather: Weather;
  windows: number;
  boundS: number;
  ours: OurOutcome;
  naive: StormOutcome;
  /** Time until the last rule is ineffective / bound. */
  toBound: number | null;
  faults: string[];
};

/** Every storm with so many windows. */
export function stormsOf(windows: number): Storm[] {
  const groups = Math.min(windows, 50);
  const storm = (
    name: string,
    weather: Weather,
    changes: Partial<Parameters<typeof stormLayout>[0]> = {},
  ): Storm => ({ name, weather, layout: () => stormLayout({ name, windows, ...changes }) });
  const few = Math.ceil(windows / 10);
  const late = Math.ceil(windows / 5);
  return [
    storm(`${windows} NSGs`, 'healthy'),
    storm(`${groups} NSGs`, 'healthy', { groups }),
    storm('10 subscriptions', 'healthy', { subscriptions: 10 }),
    storm(`${late} opens in the same minute`, 'healthy', { late }),
    storm('20 % of all answers are 429', 'one in five is 429'),
    storm('Resource Manager down for 10 min', 'down for 10 min'),
    storm(`down for 10 min, ${few} NSGs`, 'down for 10 min', { groups: few }),
    storm(`all give back, 50 an NSG`, 'all give back', { groups: Math.ceil(windows / 50) }),
  ];
}

const toBoundMax = 1.1;

/** Plays a storm with both programs, on the same Azure, seed and weather. */
export async function playStorm(
  storm: Storm,
  seed: number,
  activationMs = 3_600_000,
): Promise<StormReport> {
  const layout = storm.layout();
  const ours = await playOurs(layout, storm.weather, seed, activationMs);
  const naive = await playNaive(layout, storm.weather, seed);
  const boundS = boundMs(layout) / 1_000;
  const toBound = ours.closingS === null ? null : ours.closingS / boundS;
  const windows = layout.scopes.length;
  return {
    storm: storm.name,
    weather: storm.weather,
    windows,
    boundS,
    ours,
    naive,
    toBound,
    faults: storm.weather === 'healthy' ? faultsOf(storm.name, windows, ours, toBound) : [],
  };
}

function faultsOf(
  name: string,
  windows: number,
  { accepted, opened, late }: OurOutcome,
  toBound: number | null,
): string[] {
  const faults = [
    ...(accepted === windows ? [] : [`${accepted} of ${windows} windows were accepted.`]),
    ...(opened === accepted ? [] : [`${opened} of ${accepted} accepted windows were opened.`]),
    ...(late === 0 ? [] : [`${late} rules stood after their deadline.`]),
    ...(toBound !== null && toBound <= toBoundMax
      ? []
      : [`Closing took ${toBound?.toFixed(2) ?? 'for ever'} times the bound.`]),
  ];
  return faults.map((fault) => `${name}: ${fault}`);
}
