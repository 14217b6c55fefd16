// Validators of other libraries (zod, valibot, arktype …) through the small interface they share, Standard Schema
// version 1. Spelled out here, so that no package is needed for it; https://standardschema.dev has the whole of it.

/**
 * Any validator that follows Standard Schema version 1 and makes values of type `Output`. It must answer at once, not with a promise.
 *
 * @example
 * import { type StandardSchema, topic } from "sequitur/service";
 *
 * type Reading = { sensor: string; value: number };
 * const readings: StandardSchema<Reading> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "by hand",
 *     validate: (value) => {
 *       const { sensor, value: number } = value as Partial<Reading>;
 *       if (typeof sensor === "string" && typeof number === "number") return { value: { sensor, value: number } };
 *       return { issues: [{ message: "a reading has a sensor and a value" }] };
 *     },
 *   },
 * };
 * topic<Reading>("readings", { key: (e) => e.sensor, schema: readings }).name; // => "readings"
 */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a validator answers: the value it made, or what is wrong. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export type SchemaIssue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
};
