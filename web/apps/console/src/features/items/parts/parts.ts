/** Steps of the editor of a bundle: which items belong to it, and with what their forms begin. */
import type { BundlePart, BundlePreset, Form, ItemContent } from '@itechsmart/api';
import { omit } from '#shared/omit';
import { moved } from '#shared/ui/moved';
import { at, without } from '../content';

export const PARTS_MAX = 20;

export const partsOf = ({ parts }: Pick<ItemContent, 'parts'>): readonly BundlePart[] => parts ?? [];

const withParts = (content: ItemContent, parts: BundlePart[]): ItemContent => ({ ...content, parts });

export function addPart(content: ItemContent, item_id: string): ItemContent {
  return withParts(content, [...partsOf(content), { item_id, is_required: true, presets: {} }]);
}

export function removePart(content: ItemContent, place: number): ItemContent {
  return withParts(content, without(partsOf(content), place));
}

export function movePart(content: ItemContent, from: number, to: number): ItemContent {
  return withParts(content, moved(partsOf(content), from, to));
}

export function requirePart(content: ItemContent, place: number, is_required: boolean): ItemContent {
  return withParts(content, at(partsOf(content), place, (part) => ({ ...part, is_required })));
}

/** Says with what a field of a part begins; undefined takes that away. */
export function presetPart(content: ItemContent, place: number, key: string, preset: BundlePreset | undefined): ItemContent {
  return withParts(
    content,
    at(partsOf(content), place, (part) => ({ ...part, presets: preset === undefined ? omit(part.presets, key) : { ...part.presets, [key]: preset } })),
  );
}

/** The keys of what is preset and the form does not ask any more. */
export function strangers({ presets }: BundlePart, form: Form): string[] {
  return Object.keys(presets).filter((key) => !form.fields.some((field) => field.key === key));
}
