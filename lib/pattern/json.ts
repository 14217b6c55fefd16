// placeholder for the type that others import; the JSON form is written in this file.
export type PatternJson = { readonly sequitur: number; readonly [field: string]: unknown };
