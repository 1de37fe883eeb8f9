/** What the bell shows, apart from how. */
import type { Notification, Notifications } from '@itechsmart/api';
import { Bell, KeyRound, ShieldAlert, UsersRound, Webhook, type LucideIcon } from 'lucide-react';
import { count } from '#shared/format/text';

/** A notification, with what it is shown by and where it leads. */
export interface NewsItem extends Notification {
  icon: LucideIcon;
  to: string | undefined;
}

export interface News {
  items: NewsItem[];
  unread: number;
  /** The newest that is shown. */
  newest: string | undefined;
}

/** Pages as one list, each once: what comes while pages are read moves the others on. */
export function news(pages: readonly Notifications[]): News {
  const seen = new Set<string>();
  const items = pages
    .flatMap((page) => page.items)
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .map((item) => ({ ...item, icon: iconOf(item.kind), to: inside(item.link) }));
  return { items, unread: pages[0]?.unread ?? 0, newest: items[0]?.id };
}

export function bellLabel(unread: number): string {
  return unread === 0 ? 'Notifications' : `Notifications: ${count(unread, 'unread', 'unread')}`;
}

/** Where a notification leads, if that is a page of this console. */
export function inside(link: string | null | undefined): string | undefined {
  return link != null && /^\/(?![/\\])/.test(link) ? link : undefined;
}

const icons: readonly [beginning: string, icon: LucideIcon][] = [
  ['hub.api-key.', KeyRound],
  ['hub.webhook.', Webhook],
  ['hub.user.', UsersRound],
  ['hub.group.', UsersRound],
  ['hub.', ShieldAlert],
];

export function iconOf(kind: string): LucideIcon {
  return icons.find(([beginning]) => kind.startsWith(beginning))?.[1] ?? Bell;
}
