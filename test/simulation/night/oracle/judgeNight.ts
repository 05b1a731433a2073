import type { Circumstances, Violation } from '../../oracle/judge';
import type { NightHistory } from '../history';
import { announcementFaults } from './announced';
import { nightCase } from './case';
import { lookFaults } from './looked';
import { outcomeFaults } from './outcomes';
import { readFaults } from './reads';
import { runFaults } from './runs';
import { standingFaults } from './standings';
import { writeFaults } from './writes';

/** Judges what a run's nights did. Pure. */
export function judgeNight(history: NightHistory, circumstances: Circumstances): Violation[] {
  const { night } = circumstances.plan;
  if (night === null) return [];
  const ofNight = nightCase(history, circumstances, night);
  return [
    ...writeFaults(ofNight),
    ...announcementFaults(ofNight),
    ...lookFaults(ofNight),
    ...readFaults(ofNight),
    ...runFaults(ofNight),
    ...outcomeFaults(ofNight),
    ...standingFaults(ofNight),
  ];
}
