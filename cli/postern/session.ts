import pc from 'picocolors';
import { type Client, createClient } from './client';
import { type CommonFlags, readSettings } from './settings';
import type { Surroundings } from './surroundings';
import { jsonText } from './words';

/** What a verb works with. */
export type Session = Pick<Surroundings, 'now' | 'ask' | 'isTerminal' | 'saveFile'> & {
  readonly client: Client;
  readonly colours: ReturnType<typeof pc.createColors>;
  /** What the verb was asked for: its text for people, or the API's JSON. */
  readonly tell: (text: () => string, json: unknown) => void;
  /** A line beside it, on stderr. */
  readonly remark: (text: string) => void;
  /** Says on a terminal that something is waited for, until `stop` is called. */
  readonly progress: (text: string) => Progress;
};

export type Progress = { readonly say: (text: string) => void; readonly stop: () => void };

/** Reads the settings and makes a session of them. Throws `Ending`. */
export function createSession(flags: CommonFlags, surroundings: Surroundings): Session {
  const { stdout, stderr, env, isTerminal, now, ask, saveFile } = surroundings;
  const remark = (text: string): void => stderr(`${text}\n`);
  const note = flags.verbose === true ? remark : (): void => undefined;
  const isPlain = (env['NO_COLOR'] ?? '') !== '' || !isTerminal.stdout;
  return {
    client: createClient(readSettings(flags, env), surroundings, note),
    colours: pc.createColors(!isPlain),
    tell: (text, json) => stdout(flags.json === true ? jsonText(json) : `${text()}\n`),
    remark,
    progress: (text) => (isTerminal.stderr ? startProgress(surroundings, text) : silent),
    now,
    ask,
    isTerminal,
    saveFile,
  };
}

const silent: Progress = { say: () => undefined, stop: () => undefined };
const clearLine = '\r\u001b[K';

function startProgress({ stderr, now }: Surroundings, first: string): Progress {
  const startedAt = now();
  let text = first;
  const draw = (): void => {
    stderr(`${clearLine}${text} ${Math.round((now() - startedAt) / 1_000)} s`);
  };
  draw();
  const timer = setInterval(draw, 1_000);
  return {
    say: (next) => {
      text = next;
      draw();
    },
    stop: () => {
      clearInterval(timer);
      stderr(clearLine);
    },
  };
}
