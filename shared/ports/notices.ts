import type { ChannelName, NoticeKind } from '../domain/notices/notice';
import type { NoticeCard } from '../domain/notices/noticeCard';

/** One notice, as every channel needs it. */
export type NoticeMessage = {
  readonly id: string;
  readonly kind: NoticeKind;
  /** When it is sent, epoch ms of the host's clock. */
  readonly at: number;
  /** What it is about: `windows/<id>`, or `requests/<id>` where there is no window. */
  readonly subject: string;
  /** Where the whole story is. */
  readonly link: string;
  /** For people. */
  readonly card: NoticeCard;
  /** For machines: what the API shows of a window, or of the refusal. */
  readonly data: object;
};

/** One way to tell people or machines. */
export type NoticeChannel = {
  readonly name: ChannelName;
  /** Resolves when it was taken; throws `Fault` otherwise, at the latest after ten seconds. */
  send(message: NoticeMessage): Promise<void>;
};

/** All ways there are: none where notices are off, `faults` where their settings are not in order. */
export type Notices =
  | {
      readonly channels: readonly NoticeChannel[];
      /** NCRONTAB. */
      readonly schedule: string;
      /** Where people reach this app: `https://postern.example.org`. */
      readonly linkBase: string;
    }
  | { readonly faults: readonly string[] };
