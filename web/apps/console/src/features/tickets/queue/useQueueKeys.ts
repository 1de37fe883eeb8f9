/** Leads what is pressed on the page of a queue to where it belongs. */
import { useEffect, useRef } from 'react';
import { isForQueue, press, type QueueAct } from './keys';
import { ROW } from './QueueTable';

const STORED = 'itechsmart.queue-keys';

/** Single keys can be switched off (WCAG 2.1.4): this browser remembers it. */
export function keysAreOn(): boolean {
  return localStorage.getItem(STORED) !== 'off';
}

export function switchKeys(on: boolean): void {
  if (on) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, 'off');
}

/** The ticket that has the focus, or something of it. */
const focused = () => document.activeElement?.closest(`[${ROW}]`)?.getAttribute(ROW) ?? undefined;

export function focusTicket(id: string): void {
  document.querySelector<HTMLElement>(`[${ROW}="${CSS.escape(id)}"] a`)?.focus();
}

export function useQueueKeys(on: boolean, ids: readonly string[], selected: ReadonlySet<string>, act: (act: QueueAct) => void): void {
  const latest = useRef({ ids, selected, act });
  const last = useRef<number>(undefined);
  useEffect(() => {
    latest.current = { ids, selected, act };
  });
  useEffect(() => {
    if (!on) return;
    const hear = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (!isForQueue(event, target)) return;
      const { ids, selected, act } = latest.current;
      const at = focused();
      if (at !== undefined && ids.includes(at)) last.current = ids.indexOf(at);
      const does = press(event.key, { ids, at, last: last.current, selected });
      if (does === undefined) return;
      if (does.do === 'focus') last.current = ids.indexOf(does.id);
      event.preventDefault();
      act(does);
    };
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, [on]);
}
