// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { isForQueue, press, type Standing } from './keys';

const ids = ['a', 'b', 'c'];
const standing = (parts: Partial<Standing>): Standing => ({ ids, at: undefined, selected: new Set(), ...parts });

it('moves from ticket to ticket, and stays at the ends', () => {
  expect(press('j', standing({}))).toEqual({ do: 'focus', id: 'a' });
  expect(press('k', standing({}))).toEqual({ do: 'focus', id: 'c' });
  expect(press('j', standing({ at: 'a' }))).toEqual({ do: 'focus', id: 'b' });
  expect(press('ArrowDown', standing({ at: 'c' }))).toEqual({ do: 'focus', id: 'c' });
  expect(press('ArrowUp', standing({ at: 'a' }))).toEqual({ do: 'focus', id: 'a' });
  // One that has left the list.
  expect(press('j', standing({ at: 'gone' }))).toEqual({ do: 'focus', id: 'a' });
  expect(press('j', standing({ ids: [] }))).toBeUndefined();
});

it('goes on where it was when a ticket has left the queue', () => {
  expect(press('j', standing({ at: 'gone', last: 1 }))).toEqual({ do: 'focus', id: 'b' });
  expect(press('k', standing({ last: 1 }))).toEqual({ do: 'focus', id: 'a' });
  expect(press('j', standing({ last: 9 }))).toEqual({ do: 'focus', id: 'c' });
  expect(press('k', standing({ last: 0 }))).toEqual({ do: 'focus', id: 'a' });
});

it('leaves the arrows to the page where no ticket has the focus', () => {
  expect(press('ArrowDown', standing({}))).toBeUndefined();
  expect(press('ArrowUp', standing({}))).toBeUndefined();
});

it('selects one, all, and none', () => {
  expect(press('x', standing({ at: 'b' }))).toEqual({ do: 'select', ids: new Set(['b']) });
  expect(press('x', standing({ at: 'b', selected: new Set(['a', 'b']) }))).toEqual({ do: 'select', ids: new Set(['a']) });
  expect(press('x', standing({}))).toBeUndefined();
  expect(press('X', standing({ selected: new Set(['a']) }))).toEqual({ do: 'select', ids: new Set(ids) });
  expect(press('X', standing({ selected: new Set(ids) }))).toEqual({ do: 'select', ids: new Set() });
  expect(press('Escape', standing({ selected: new Set(['a']) }))).toEqual({ do: 'select', ids: new Set() });
  expect(press('Escape', standing({}))).toBeUndefined();
});

it('takes what is selected, or where the focus is', () => {
  expect(press('a', standing({ at: 'b' }))).toEqual({ do: 'take', ids: ['b'] });
  expect(press('a', standing({ at: 'b', selected: new Set(['c', 'a']) }))).toEqual({ do: 'take', ids: ['a', 'c'] });
  expect(press('a', standing({}))).toBeUndefined();
});

it('opens, searches and helps; other keys are the browser’s', () => {
  expect(press('o', standing({ at: 'b' }))).toEqual({ do: 'open', id: 'b' });
  expect(press('/', standing({}))).toEqual({ do: 'search' });
  expect(press('?', standing({}))).toEqual({ do: 'help' });
  for (const key of ['Enter', 'Tab', ' ', 'z', 'Home']) expect(press(key, standing({ at: 'a' }))).toBeUndefined();
});

it('does nothing while somebody types or chooses', () => {
  document.body.innerHTML = `<input id="text"><input id="check" type="checkbox"><textarea id="area"></textarea>
    <div role="dialog"><button id="in-dialog"></button></div><ul role="listbox"><li id="option"></li></ul><a id="link" href="#x">x</a>`;
  const pressed = { altKey: false, ctrlKey: false, metaKey: false, defaultPrevented: false };
  const on = (id: string) => isForQueue(pressed, document.getElementById(id));
  expect(['text', 'area', 'in-dialog', 'option'].filter(on)).toEqual([]);
  expect(['check', 'link'].filter(on)).toEqual(['check', 'link']);
  expect(isForQueue({ ...pressed, ctrlKey: true }, document.body)).toBe(false);
  expect(isForQueue({ ...pressed, metaKey: true }, document.body)).toBe(false);
});
