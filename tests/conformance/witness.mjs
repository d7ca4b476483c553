// Keeps ledger of what was seen of a set of messages: every message must fit exactly one kind, and
// in the end every kind, property and word must have been met, or it is known why not.

import assert from 'node:assert/strict';
import { kinds_of, mistakes_in, shape_of, words_of } from './schemas.mjs';

const FAULTS_KEPT = 5;

export class Witness {
  faults = [];
  taken = 0;
  #seen = new Map();  // part → count

  constructor(file) {
    this.kinds = kinds_of(file);
  }

  /** Takes a message of unknown kind; answers its kind. */
  take(message) {
    const fitting = [...this.kinds].filter(([, uri]) => mistakes_in(uri, message) === null);
    if (fitting.length === 1) return this.#note(fitting[0][0], message);
    this.#fault(message, fitting.length > 1 ? `fits ${fitting}` : this.#why(message));
    return null;
  }

  /** Takes a message that must be of this kind. */
  take_as(kind, message) {
    const mistakes = mistakes_in(this.kinds.get(kind), message);
    if (mistakes) this.#fault(message, mistakes);
    return this.#note(kind, message);
  }

  /** Takes the welcome of a client and all that it gets from now on. */
  watch(client) {
    this.take(client.welcome);
    client.socket.on('message', (text) => this.take(JSON.parse(text)));
    return client;
  }

  #why(message) {
    const near = [...this.kinds].filter(([kind]) => kind.includes(message?.type));
    return near.map(([kind, uri]) => `${kind}: ${mistakes_in(uri, message)}`).join('\n') ||
      'unknown type';
  }

  #fault(message, why) {
    if (this.faults.length >= FAULTS_KEPT) return;
    this.faults.push(`${JSON.stringify(message).slice(0, 500)}\n${why}`);
  }

  #count(part) {
    this.#seen.set(part, (this.#seen.get(part) ?? 0) + 1);
  }

  #note(kind, message) {
    this.taken += 1;
    this.#count(kind);
    for (const [name, property] of shape_of(this.kinds.get(kind)).properties) {
      if (!(name in message)) this.#count(`${kind} without ${name}`);
      else this.#count(`${kind}.${name}`);
      if (words_of(property)) this.#count(`${kind}.${name}=${message[name]}`);
    }
    return kind;
  }

  /** All that could be seen: kinds, their properties, optional ones absent, enumerated words. */
  parts() {
    return [...this.kinds].flatMap(([kind, uri]) => {
      const { properties, required } = shape_of(uri);
      const parts = [...properties].flatMap(([name, property]) => [
        `${kind}.${name}`,
        ...(required.has(name) ? [] : [`${kind} without ${name}`]),
        ...(words_of(property) ?? []).map((word) => `${kind}.${name}=${word}`),
      ]);
      return [kind, ...parts];
    });
  }

  /**
   * Fails unless every part was seen but those of `unreached`, [pattern, why]; a pattern that
   * matches no part at all is a mistake too.
   */
  assert_complete(unreached) {
    const parts = this.parts();
    for (const [pattern, why] of unreached) {
      assert.ok(parts.some((part) => pattern.test(part)), `stale exception: ${pattern} ${why}`);
    }
    const excused = (part) => unreached.some(([pattern]) => pattern.test(part));
    assert.deepEqual(parts.filter((part) => !this.#seen.has(part) && !excused(part)), []);
  }

  /** Was this part met? */
  saw(part) {
    return this.#seen.has(part);
  }

  assert_no_faults() {
    assert.deepEqual(this.faults, []);
  }
}
