import type { Notification } from '@itechsmart/api';
import { Bell, KeyRound, ShieldAlert } from 'lucide-react';
import { expect, it, vi } from 'vitest';
import { once } from '#shared/api/once';
import { bellLabel, iconOf, inside, news } from './news';

const item = (id: string): Notification => ({ id, kind: 'a.b.c', title: id, body: '', created_at: '2026-01-01T00:00:00Z' });

it('shows each once, and counts what the server counts', () => {
  const pages = [
    { items: [item('d'), item('c')], next: 'x', unread: 31 },
    // One has come since the first page was read.
    { items: [item('c'), item('b')], unread: 30 },
  ];
  const { items, unread, newest } = news(pages);
  expect(items.map(({ id }) => id)).toEqual(['d', 'c', 'b']);
  expect({ unread, newest }).toEqual({ unread: 31, newest: 'd' });
  expect(news([])).toEqual({ items: [], unread: 0, newest: undefined });
});

it('says how many are unread', () => {
  expect(bellLabel(0)).toBe('Notifications');
  expect(bellLabel(1)).toBe('Notifications: 1 unread');
  expect(bellLabel(1_200)).toBe('Notifications: 1,200 unread');
});

it.each([
  ['/hub/webhooks/1', '/hub/webhooks/1'],
  ['/', '/'],
  ['//evil.example.com', undefined],
  ['/\\evil.example.com', undefined],
  ['https://evil.example.com', undefined],
  ['javascript:alert(1)', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('%s leads to %s', (link, to) => expect(inside(link)).toBe(to));

it('knows what a notification is about, and takes what it does not know', () => {
  expect(iconOf('hub.api-key.revoked')).toBe(KeyRound);
  expect(iconOf('hub.password.changed')).toBe(ShieldAlert);
  expect(iconOf('service-catalog.approval.requested')).toBe(Bell);
});

it('makes one of what comes together, and nothing of what comes too late', () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const act = vi.fn();
  const call = once(act, 300, stop.signal);
  call();
  call();
  vi.advanceTimersByTime(300);
  expect(act).toHaveBeenCalledTimes(1);
  call();
  vi.advanceTimersByTime(300);
  expect(act).toHaveBeenCalledTimes(2);
  call();
  stop.abort();
  vi.advanceTimersByTime(1_000);
  expect(act).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
