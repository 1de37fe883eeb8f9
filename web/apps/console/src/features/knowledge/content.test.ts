import { expect, it } from 'vitest';
import { articleState, isWhole, nothing, written } from './content';

it('says where an article stands', () => {
  const state = (is_published: boolean, published_number: number, draft_title?: string) => articleState({ is_published, published_number, draft_title: draft_title ?? null }).word;
  expect(state(false, 0, 'One')).toBe('Draft');
  expect(state(true, 1)).toBe('Published');
  expect(state(true, 1, 'Two')).toBe('Published, with a draft');
  expect(state(false, 2)).toBe('Withdrawn');
});

it('edits the draft, and else what is published', () => {
  const content = { ...nothing, title: 'Published', category: 'Network' };
  expect(written({ content }).title).toBe('Published');
  expect(written({ content, draft: { ...content, title: 'Draft' } }).title).toBe('Draft');
  expect(written({ draft: { title: 'Old', body: 'b', category: 'c' } }).visibility).toBe('everybody');
});

it('is whole with all its texts, and with groups where it is for groups', () => {
  const whole = { title: 'a', body: 'b', category: 'c', visibility: 'everybody' as const };
  expect(isWhole(whole)).toBe(true);
  expect(isWhole({ ...whole, category: ' ' })).toBe(false);
  expect(isWhole({ ...whole, visibility: { groups: [] } })).toBe(false);
  expect(isWhole({ ...whole, visibility: { groups: ['g'] } })).toBe(true);
});
