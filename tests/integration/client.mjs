// A client of the gateway on a real WebSocket that keeps its views, and a raw one for what no
// WebSocket library would do.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { need, until } from '../e2e/support.mjs';
import { SCALE } from './gateway.mjs';
import { Views } from './views.mjs';

const { WebSocket } = await need('ws');

export class Client {
  #answers = new Map();  // id of a request → what waits for its answer
  #waiting = [];         // [{matches, done}]
  #next_id = 1;
  slow = [];             // states told by `slow` messages, in order

  /** Resolves when welcomed. */
  static async connect(gateway, { agreement, protocol = 'ticker.v1.json' } = {}) {
    const self = new Client();
    self.views = new Views(agreement);
    self.socket = new WebSocket(gateway.url, protocol, { perMessageDeflate: false });
    self.closed = new Promise((done) => {
      self.socket.on('close', (code, reason) => {
        self.end = { code, reason: String(reason) };
        done(self.end);
      });
    });
    self.socket.on('error', (error) => (self.error = error));
    self.socket.on('message', (text) => self.#take(JSON.parse(text)));
    self.welcome = await self.hear('welcome', ({ type }) => type === 'welcome');
    return self;
  }

  /** Many at once, a few at a time. */
  static async connect_all(gateway, count, options) {
    const clients = [];
    while (clients.length < count) {
      const some = Array.from({ length: Math.min(50, count - clients.length) }, () =>
        Client.connect(gateway, options));
      clients.push(...(await Promise.all(some)));
    }
    return clients;
  }

  get connection() {
    return this.welcome.connection;
  }

  #take(message) {
    this.views.take(message);
    if (message.type === 'slow') this.slow.push(message.state);
    const answered = this.#answers.get(message.id);
    if (answered) {
      this.#answers.delete(message.id);
      answered(message);
    }
    if (this.#waiting.length === 0) return;
    const heard = this.#waiting.filter(({ matches }) => matches(message));
    this.#waiting = this.#waiting.filter((one) => !heard.includes(one));
    for (const { done } of heard) done(message);
  }

  #in_time(what, promise) {
    let timer;
    const late = new Promise((_, fail) => {
      const text = `not in time: ${what}`;
      timer = setTimeout(() => fail(new Error(`${text}; ${this.error ?? ''}`)), 20_000 * SCALE);
    });
    const gone = this.closed.then((end) => {
      throw new Error(`${what}: closed ${JSON.stringify(end)} ${this.error ?? ''}`);
    });
    return Promise.race([promise, late, gone]).finally(() => clearTimeout(timer));
  }

  /** The next message that matches. */
  hear(what, matches) {
    return this.#in_time(what, new Promise((done) => this.#waiting.push({ matches, done })));
  }

  /** Sends a text as it is; resolves with the next error or pong. */
  say(text) {
    const answer = this.hear(`an answer to ${text.slice(0, 100)}`, ({ type }) =>
      type === 'error' || type === 'pong');
    this.socket.send(text);
    return answer;
  }

  /** Sends a request with an id of its own and resolves with the answer. */
  ask(request) {
    const id = this.#next_id++;
    const answer = new Promise((done) => this.#answers.set(id, done));
    this.socket.send(JSON.stringify({ id, ...request }));
    return this.#in_time(`answer to ${JSON.stringify(request).slice(0, 100)}`, answer);
  }

  async #applied(op, channel, symbols, more) {
    this.views.asks(channel, more?.resume);
    const answer = await this.ask({ op, channel, symbols, ...more });
    assert.equal(answer.type, `${op}d`, JSON.stringify(answer));
    return answer;
  }
  /** `more`: how, {interval_ms, fields, resume}. */
  subscribe(channel, symbols, more) {
    return this.#applied('subscribe', channel, symbols, more);
  }
  unsubscribe(channel, symbols) {
    return this.#applied('unsubscribe', channel, symbols);
  }

  /** Stops reading from the socket, and begins again. */
  pause() {
    this.socket.pause();
  }
  resume() {
    this.socket.resume();
  }

  /** What /v1/status says of this client. */
  async line(gateway) {
    const { shards } = await gateway.status();
    return shards.flatMap(({ slowest }) => slowest).find(({ connection }) => connection === this.connection);
  }

  close() {
    this.socket.terminate();
    return this.closed;
  }
}

/** Fails with the broken rules of any of these clients. */
export function assert_no_faults(clients) {
  const faults = clients.flatMap(({ views, connection }) =>
    views.faults.map((fault) => `${connection}: ${fault}`));
  assert.deepEqual(faults.slice(0, 10), []);
  const ended = clients.filter(({ end }) => end).map(({ connection, end }) => [connection, end]);
  assert.deepEqual(ended, []);
}

/** Waits until every client sees just what it is subscribed to. */
export async function until_complete(clients, known) {
  const same = (views, channel) =>
    String(views.seen(channel)) === String(views.expected(channel, known));
  await until('every client sees what it subscribed to', () => {
    assert_no_faults(clients);
    return clients.every(({ views }) => same(views, 'ticker') && same(views, 'trades'));
  }, 20);
}

/** A client frame of the WebSocket protocol (RFC 6455, 5.2); the masking key is zero. */
export function frame(payload, { opcode = 1, masked = true } = {}) {
  const bytes = Buffer.from(payload);
  const mask_bit = masked ? 0x80 : 0;
  const head = bytes.length < 126
    ? Buffer.from([0x80 | opcode, mask_bit | bytes.length])
    : Buffer.from([0x80 | opcode, mask_bit | 126, bytes.length >> 8, bytes.length & 255]);
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), bytes]);
}

/** A bare TCP connection: `received` gathers what comes, `gone` tells its end. */
export class Raw {
  received = Buffer.alloc(0);

  static async connect(port) {
    const self = new Raw();
    self.socket = connect({ host: '127.0.0.1', port });
    self.gone = new Promise((done) => self.socket.on('close', () => done((self.closed = true))));
    self.socket.on('error', (error) => (self.error = error));
    self.socket.on('data', (bytes) => (self.received = Buffer.concat([self.received, bytes])));
    await new Promise((done) => self.socket.once('connect', done));
    return self;
  }

  /** Upgrades to a WebSocket without a library. */
  static async upgraded(gateway) {
    const self = await Raw.connect(gateway.port);
    self.socket.write('GET /v1/ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    await until('the upgrade', () => self.received.includes('"welcome"'));
    return self;
  }

  subscribe(channel, symbols) {
    const request = { op: 'subscribe', id: 1, channel, symbols };
    this.socket.write(frame(JSON.stringify(request)));
  }
  reset() {
    this.socket.resetAndDestroy();
    return this.gone;
  }
}
