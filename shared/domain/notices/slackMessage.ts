import type { NoticeCard } from './noticeCard';

/** docs.slack.dev/reference/block-kit/blocks: a header of 150 characters, a section of 3,000. */
const headerMax = 150;
const sectionMax = 2_900;

const marks = { good: '🟢', plain: '⚪', warning: '🟠', bad: '🔴' } as const;

/**
 * The message of an incoming webhook of Slack. Texts of others are `plain_text`, which has neither
 * markup nor links, and are escaped all the same: `<!channel>` would wake everybody
 * (docs.slack.dev/messaging/formatting-message-text: `&`, `<` and `>` are control characters).
 */
export function slackMessage({ title, tone, lines }: NoticeCard, link: string): object {
  const head = escaped(`${marks[tone]} ${title}`);
  const texts = lines.map(([label, value]) => escaped(`${label}: ${value}`));
  return {
    text: head,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plainText(head.slice(0, headerMax)) },
      ...sections(texts).map((text) => ({ type: 'section', text: plainText(text) })),
      { type: 'section', text: { type: 'mrkdwn', text: `<${link}|The whole story>` } },
    ],
  };
}

/** Lines together as long as they fit into one section, so that few blocks are needed. */
function sections(texts: readonly string[]): string[] {
  const all: string[] = [];
  for (const text of texts) {
    const last = all.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= sectionMax) {
      all[all.length - 1] = `${last}\n${text}`;
    } else all.push(text.slice(0, sectionMax));
  }
  return all.slice(0, 4);
}

function plainText(text: string): object {
  return { type: 'plain_text', text, emoji: false };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
