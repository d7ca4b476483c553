// The examples of the documents: JSON messages in README.md's blocks of code, and those of
// schemas/asyncapi.yaml. None is passed over: what is no message must not look like one.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { SOURCE } from '../integration/gateway.mjs';
import { FOLDER, need } from './schemas.mjs';

const { load } = (await need('js-yaml')).default;

export const ASYNCAPI = `${FOLDER}asyncapi.yaml`;
export const README = `${SOURCE}README.md`;

/** A section of a Markdown text by its heading, without those below it. */
export function section(markdown, heading) {
  const begin = markdown.search(new RegExp(`^#+ ${heading}$`, 'm'));
  assert.ok(begin >= 0, `no section ${heading}`);
  return markdown.slice(begin).split(/\n(?=#)/)[0];
}

/** Blocks of code: {language, text}; fenced ones and those indented by four spaces. */
function blocks_of(markdown) {
  const fenced = [...markdown.matchAll(/^```(\w*)\n([^]*?)^```$/gm)];
  const rest = markdown.replace(/^```\w*\n[^]*?^```$/gm, '');
  const indented = [...rest.matchAll(/(?:^ {4}.*\n)+/gm)];
  return [
    ...fenced.map(([, language, text]) => ({ language, text })),
    ...indented.map(([text]) => ({ language: '', text: text.replace(/^ {4}/gm, '') })),
  ];
}

/**
 * A message of which «…» stands for a part: `"key":…` and `"key":{…}` for a value, a last `,…`
 * for further keys. Answers {shown, elided}: what is there, and the keys whose value is not.
 */
function read_elided(text) {
  const whole = text
    .replace(/:(\{…\}|…)/g, ':"…"')
    .replace(/,…\}$/, '}');
  const shown = JSON.parse(whole);
  const elided = Object.keys(shown).filter((key) => shown[key] === '…');
  for (const key of elided) delete shown[key];
  return { shown, elided };
}

/**
 * Messages in README.md: {text, from: 'client'|'server', message} or, of one with «…»,
 * {…, shown, elided} instead. On a command line `>` is typed and `<` received; in a program, what is sent
 * stands in JSON.stringify(…), with `view` as it is at first.
 */
export async function readme_messages() {
  const variables = { view: {} };
  const blocks = blocks_of(await readFile(README, 'utf8'));
  const found = blocks.flatMap(({ language, text }) => {
    if (language !== '') {
      return [...text.matchAll(/JSON\.stringify\(\s*(\{[^]*?\})\s*\)/g)].map(([, literal]) => {
        const message = JSON.parse(JSON.stringify(runInNewContext(`(${literal})`, variables)));
        return { text: literal, from: 'client', message };
      });
    }
    return text.split('\n').filter((line) => /^[<>] \{/.test(line)).map((line) => {
      const from = line[0] === '>' ? 'client' : 'server';
      const json = line.slice(2);
      if (json.includes('…')) return { text: json, from, ...read_elided(json) };
      return { text: json, from, message: JSON.parse(json) };
    });
  });
  const like = blocks.flatMap(({ text }) => text.match(/"(?:type|op)":|\bop: '/g) ?? []);
  assert.equal(found.length, like.length, 'a block holds a message that is not found');
  return found;
}

export async function asyncapi() {
  return load(await readFile(ASYNCAPI, 'utf8'));
}

/** Messages of asyncapi.yaml: [{kind, uri, examples: [{name, payload, requests}]}]. */
export async function asyncapi_messages() {
  const { components } = await asyncapi();
  return Object.entries(components.messages).map(([kind, message]) => {
    const requests = message['x-requests'] ?? {};
    const names = message.examples.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, `${kind}: two examples of one name`);
    const strays = Object.keys(requests).filter((name) => !names.includes(name));
    assert.deepEqual(strays, [], `${kind}: requests of no example`);
    const examples = message.examples.map(({ name, payload }) =>
      ({ name, payload, requests: requests[name] }));
    return { kind, uri: message.payload.schema.$ref, examples };
  });
}
