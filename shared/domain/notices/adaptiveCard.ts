import type { CardLine, NoticeCard } from './noticeCard';

/**
 * What a webhook of Teams takes, in bytes; half of it is left to what the flow adds
 * (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using: 28 KB).
 */
const bytesMax = 14_000;

const styles = { good: 'good', plain: 'emphasis', warning: 'warning', bad: 'attention' } as const;

/**
 * The message of a Workflows webhook: one Adaptive Card. Texts of others stand in runs of a
 * RichTextBlock, for which there is no markdown; in a TextBlock or a Fact there would be
 * (learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format).
 */
export function adaptiveCard(card: NoticeCard, link: string): object {
  return fitting(card, (lines) => messageOf(card, lines, link));
}

function messageOf({ title, tone }: NoticeCard, lines: readonly CardLine[], link: string): object {
  const head = {
    type: 'Container',
    style: styles[tone],
    bleed: true,
    items: [{ type: 'TextBlock', text: title, weight: 'Bolder', size: 'Medium', wrap: true }],
  };
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: title,
    msteams: { width: 'Full' },
    body: [head, ...lines.map(lineBlock)],
    actions: [{ type: 'Action.OpenUrl', title: 'The whole story', url: link }],
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

function lineBlock([label, value]: CardLine): object {
  const runs = [
    { type: 'TextRun', text: `${label}: `, weight: 'Bolder' },
    { type: 'TextRun', text: value },
  ];
  return { type: 'RichTextBlock', spacing: 'Small', inlines: runs };
}

/** The message with values as long as they fit: a card that is too large would never arrive. */
function fitting({ lines }: NoticeCard, make: (lines: readonly CardLine[]) => object): object {
  const shorter = [300, 120, 40].map((max) =>
    make(lines.map(([label, value]) => [label, shortened(value, max)] as const)),
  );
  const fits = shorter.find((one) => Buffer.byteLength(JSON.stringify(one)) <= bytesMax);
  return fits ?? make(lines.slice(0, 8).map(([label, value]) => [label, shortened(value, 40)]));
}

function shortened(value: string, max: number): string {
  const characters = Array.from(value);
  return characters.length <= max ? value : `${characters.slice(0, max - 1).join('')}…`;
}
