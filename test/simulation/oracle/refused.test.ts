import type { Affliction, FaultGroup } from '../stage';
import { at, line } from './goodWindow';
import { refusedFaults } from './refused';

const fault = (
  kind: string,
  minutes: number,
  group: FaultGroup = 'resourceManager',
): Affliction => ({
  kind,
  id: 1,
  group,
  atMs: at(minutes),
  untilMs: at(minutes),
});

/** What is said of a machine that was refused so in minute 5. */
function said(refusal: string, ...afflictions: Affliction[]): number {
  const lines = [line(5, { event: 'window.targetRefused', vmId: 'vm-1', refusal })];
  return refusedFaults({ lines }, { afflictions }).length;
}

describe('what is said of a machine that is refused', () => {
  it('is that it is gone, where somebody changed the machines before', () => {
    expect(said('vanished', fault('VM deleted', 2, 'editors'))).toBe(0);
    expect(said('vanished', fault('VM deleted', 6, 'editors'))).toBe(1);
    expect(said('vanished')).toBe(1);
  });

  it('is that it is gone by the word of Resource Manager, and of nobody else', () => {
    expect(said('vanished', fault('404 stale read', 4.9))).toBe(0);
    expect(said('vanished', fault('404 of a proxy', 4.9))).toBe(1);
  });

  it('is that it cannot be read, where more than one read failed', () => {
    expect(said('unreadable', fault('503 before', 4.9))).toBe(1);
    expect(said('unreadable', fault('503 before', 4.8), fault('503 before', 4.9))).toBe(0);
    expect(said('unreadable', fault('503 before', 1), fault('503 before', 4.9))).toBe(1);
    expect(said('unreadable', fault('429 Retry-After 3600', 4.9))).toBe(0);
  });

  it('may be anything that policy says', () => {
    expect(said('locked')).toBe(0);
  });
});
