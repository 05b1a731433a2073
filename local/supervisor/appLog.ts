import type { Printer, Speaker } from './printer';
import { sentenceOf } from './sentences';

/** One line of the host's output, as far as it is understood. */
type HostLine = { event?: string; level?: string; message?: string; functionName?: string };

/** Reads what the Functions host prints, tells it as part of the story, and remembers a little. */
export class AppLog {
  readonly #printer: Printer;
  readonly #speaker: Speaker;
  readonly #windows = new Map<string, { assignment: string; isClosed: boolean }>();
  #isReady = false;
  #whenReady: () => void = () => undefined;
  readonly #last: string[] = [];
  readonly #said = new Map<string, number>();

  constructor(printer: Printer, speaker: Speaker = 'app') {
    this.#printer = printer;
    this.#speaker = speaker;
  }

  /** Resolves when the host has started; rejects after `withinMs` with what it said last. */
  async ready(withinMs: number): Promise<void> {
    if (this.#isReady) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The Functions host did not start:\n${this.#last.join('\n')}`)),
        withinMs,
      );
      this.#whenReady = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The app said that every window of this role assignment is closed. */
  hasClosed(roleAssignmentId: string): boolean {
    const mine = [...this.#windows.values()].filter(
      ({ assignment }) => assignment === roleAssignmentId.toLowerCase(),
    );
    return mine.length > 0 && mine.every(({ isClosed }) => isClosed);
  }

  read(line: string, stream: 'stdout' | 'stderr'): void {
    if (this.#last.push(line) > 20) this.#last.shift();
    const host = parsed(line);
    if (host === null) {
      if (stream === 'stderr') this.#printer.say('host', line);
      return;
    }
    if (host.event === 'hostStarted') {
      this.#isReady = true;
      this.#whenReady();
      return;
    }
    if (host.event === 'portInUse' || host.event === 'startFailed') {
      this.#printer.say('host', host.message ?? line);
    }
    const app = parsed(host.message ?? '') as (HostLine & Record<string, unknown>) | null;
    if (app?.event !== undefined) this.#app(app.event, app);
    else if (/^(?:warning|error|critical)$/i.test(host.level ?? '')) {
      const [first = ''] = (host.message ?? '').split('\n');
      this.#printer.say('host', `${host.functionName ?? 'host'}: ${first}`);
    }
  }

  /** Says what is said again and again the first time, and then every tenth time. */
  #tell(sentence: string, event: string, fields: Record<string, unknown>): void {
    const key = `${textOf(fields['windowId'])} ${sentence}`;
    const times = (this.#said.get(key) ?? 0) + 1;
    this.#said.set(key, times);
    if (times > 1 && times % 10 !== 0) return;
    this.#printer.say(
      this.#speaker,
      times === 1 ? sentence : `${sentence} (${times} times by now)`,
      {
        event,
        fields,
      },
    );
  }

  #app(event: string, fields: Record<string, unknown>): void {
    const windowId = textOf(fields['windowId']);
    if (event === 'window.granted') {
      const assignment = textOf(fields['roleAssignmentId']).toLowerCase();
      this.#windows.set(windowId, { assignment, isClosed: false });
    }
    const known = this.#windows.get(windowId);
    if (known !== undefined && (event === 'window.closed' || event === 'window.refused')) {
      known.isClosed = true;
    }
    const sentence = sentenceOf(event, fields);
    if (sentence !== null) this.#tell(sentence, event, fields);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parsed(text: string): HostLine | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as HostLine;
  } catch {
    return null;
  }
}
