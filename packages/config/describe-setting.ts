import type { z } from 'zod';

/** The settings of one part, as its `*.config.ts` exports them for the generated documentation. */
export type Settings = { readonly prefix: string; readonly shape: z.ZodRawShape };

/** What the documentation says of one variable. */
export type SettingDescription = {
  readonly name: string;
  /** What may be written there, in words. */
  readonly accepts: string;
  /** The default, as it would be written in the environment. */
  readonly fallback: string | undefined;
  readonly isRequired: boolean;
  /** The text of `.describe()`; undefined when it is missing. */
  readonly meaning: string | undefined;
};

/** Reads from a setting itself what it accepts, what it is by default and what it means. */
export const describeSetting = (name: string, setting: z.core.$ZodType): SettingDescription => {
  const layers = layersOf(setting as z.ZodType);
  const fallback = layers.flatMap(({ def }) => ('defaultValue' in def ? [asText(def.defaultValue)] : []))[0];
  return {
    name,
    accepts: layers.map(acceptsOf).find((text) => text !== undefined) ?? 'text',
    fallback,
    isRequired: fallback === undefined && !layers.some(({ type }) => type === 'optional'),
    meaning: layers.map(({ description }) => description).find((text) => text !== undefined),
  };
};

/** What to tell whoever wrote something else there. */
export const needOf = (setting: z.core.$ZodType): string => {
  const { accepts } = describeSetting('', setting);
  const isChoice = /^`[^`]+`(, `[^`]+`)+$/.test(accepts);
  return `needs ${isChoice ? 'one of ' : ''}${accepts.replaceAll('`', '')}`;
};

/** The setting and what it wraps, from the outside in. */
const layersOf = (setting: z.ZodType): readonly z.ZodType[] => {
  const { def } = setting as { readonly def: { readonly innerType?: z.ZodType } };
  return def.innerType === undefined ? [setting] : [setting, ...layersOf(def.innerType)];
};

const acceptsOf = (layer: z.ZodType): string | undefined => {
  const accepts = layer.meta()?.['accepts'];
  if (typeof accepts === 'string') return `${accepts}${limitOf(layer)}`;
  const { options } = layer as { readonly options?: readonly string[] };
  return options?.map((option) => `\`${option}\``).join(', ');
};

const limitOf = (layer: z.ZodType): string => {
  const { maxValue } = layer as { readonly maxValue?: number | null };
  return typeof maxValue === 'number' && maxValue < Number.MAX_SAFE_INTEGER ? `, at most ${maxValue}` : '';
};

const asText = (value: unknown): string => (value instanceof Set ? [...value].join(',') : String(value));
