/** .NET TimeSpan text of whole seconds: `3.00:00:00`, `00:00:04`. */
export function timeSpan(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days > 0 ? `${days}.${clock}` : clock;
}

/** Milliseconds of a .NET TimeSpan text; throws on anything else. */
export function parseTimeSpan(text: string): number {
  const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)(\.\d+)?$/.exec(text.trim());
  if (match === null) throw new Error(`'${text}' is not a TimeSpan.`);
  const [days, hours, minutes, seconds, fraction] = match.slice(1).map((part) => Number(part ?? 0));
  const whole = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  return whole * 1000 + Math.round((fraction ?? 0) * 1000);
}
