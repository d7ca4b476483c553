// The JSON Schemas of schemas/, compiled strictly: what validates, what does not and why, and which
// parts a definition has.

import { readFile, readdir } from 'node:fs/promises';
import { SOURCE } from '../integration/gateway.mjs';

export const FOLDER = `${SOURCE}schemas/`;

/** Imports an npm package of this folder, or fails saying what to do. */
export async function need(name) {
  try {
    return await import(name);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`npm package "${name}" is missing: run "npm ci" in tests/conformance first`);
  }
}

const { Ajv2020 } = (await need('ajv/dist/2020.js')).default;

const texts = (await readdir(FOLDER)).filter((name) => name.endsWith('.schema.json')).sort();
/** File name → schema. */
export const files = new Map(await Promise.all(texts.map(async (name) =>
  [name, JSON.parse(await readFile(FOLDER + name, 'utf8'))])));

// Not strictRequired: it does not see properties that come by $ref.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
for (const schema of files.values()) ajv.addSchema(schema);

/** Null if `value` is what the schema at `uri` (file#/$defs/name) describes, else why not. */
export function mistakes_in(uri, value) {
  const validate = ajv.getSchema(uri);
  if (!validate) throw new Error(`no schema ${uri}`);
  return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: '' });
}

/** Follows a pointer file#/a/b: {schema, file}. */
function at(uri) {
  const [file, path = ''] = uri.split('#');
  let schema = files.get(file);
  for (const key of path.split('/').slice(1)) schema = schema?.[key];
  if (schema === undefined) throw new Error(`no schema ${uri}`);
  return { schema, file };
}

function absolute(ref, file) {
  return ref.startsWith('#') ? file + ref : ref;
}

/** The definitions that a schema file offers as alternatives: name → uri. */
export function kinds_of(file) {
  return new Map(files.get(file).oneOf.map(({ $ref }) =>
    [$ref.split('/').at(-1), absolute($ref, file)]));
}

/** An object's parts, by $ref too: {properties: name → {schema, file}, required: names}. */
export function shape_of(uri) {
  const { schema, file } = at(uri);
  const shape = { properties: new Map(), required: new Set(schema.required ?? []) };
  if (schema.$ref) {
    const base = shape_of(absolute(schema.$ref, file));
    shape.properties = base.properties;
    for (const name of base.required) shape.required.add(name);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    shape.properties.set(name, { schema: property, file });
  }
  return shape;
}

/** The words that a property may have, or null if it is no enumeration. */
export function words_of({ schema, file }) {
  if (schema.enum) return schema.enum;
  return schema.$ref ? words_of(at(absolute(schema.$ref, file))) : null;
}

/** Calls `visit` with every subschema that describes a property, and its path. */
export function each_property(visit) {
  const walk = (schema, file, path) => {
    if (schema === null || typeof schema !== 'object') return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties' && !/\/(if|then|else)(\/|$)/.test(path)) {
        for (const [name, property] of Object.entries(value)) {
          visit({ schema: property, file }, `${path}/${name}`);
        }
      }
      walk(value, file, `${path}/${key}`);
    }
  };
  for (const [file, schema] of files) walk(schema, file, file);
}

/** The description of a schema, its own or that of what it refers to; null for a constant. */
export function description_of({ schema, file }) {
  if (schema.description || schema.$ref === undefined) return schema.description;
  return description_of(at(absolute(schema.$ref, file)));
}
