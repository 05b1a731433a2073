import { writeSync } from 'node:fs';
import { format } from 'node:util';
import { hostLog, type LogRecord } from '../host/log';

/** One JSON line on stdout. Written at once: a line before a SIGKILL is not lost in a buffer. */
export function printLine(value: object): void {
  const line = `${JSON.stringify(value)}\n`;
  try {
    writeSync(1, line);
  } catch (error) {
    // A full pipe takes the line later; a closed one has nobody who reads.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') process.stdout.write(line);
  }
}

export function printLog(record: LogRecord): void {
  const { level, category, functionName, message, invocationId } = record;
  printLine({
    time: new Date().toISOString(),
    level,
    category,
    functionName,
    message,
    invocationId,
  });
}

/** What the app writes to the console becomes log records, as the real host makes of it. */
export function captureConsole(): void {
  const levels = { log: 'information', info: 'information', warn: 'warning', error: 'error' };
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...values: unknown[]) =>
      printLog({ ...hostLog(level, format(...values)), category: 'console' });
  }
}
