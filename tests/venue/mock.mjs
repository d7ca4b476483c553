// A mock exchange: HTTP and WebSocket on one port of 127.0.0.1, plain or TLS. A venue (binance.mjs
// and so on) gives it a language, a market gives it prices, and the test tells it how to misbehave.
// It keeps account of all it received, and complains of what the real venue would not accept.

import { createReadStream } from 'node:fs';
import { createServer as create_http } from 'node:http';
import { createServer as create_https } from 'node:https';
import { createInterface } from 'node:readline';
import { need } from '../e2e/support.mjs';
import { Faults } from './faults.mjs';
import { Market } from './market.mjs';

const { WebSocket, WebSocketServer } = await need('ws');

const REASONS = { 418: "I'm a teapot", 429: 'Too Many Requests', 503: 'Service Unavailable' };

/** One client on a WebSocket. `streams`: what it is subscribed to, in the venue's words. */
class Connection {
  streams = new Set();
  muted = false;

  constructor(mock, socket, id, target) {
    Object.assign(this, { mock, socket, id, target });
  }

  send(text) {
    if (!this.muted && this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }
  json(value) {
    this.send(JSON.stringify(value));
  }
  ping(payload) {
    if (!this.muted) this.socket.ping(payload);
  }
  /** Ends without goodbye, as a broken network does. */
  drop() {
    this.socket.terminate();
  }
  close(code = 1001) {
    this.socket.close(code);
  }
}

export class Mock {
  log = [];                 // {at, what, …}: tcp, tls_failed, upgrade, message, ping, pong, rest, close
  complaints = [];          // what the real venue would not have accepted
  connections = new Set();  // open ones
  refused_symbols = new Set();
  faults = new Faults();
  drop_at_once = false;     // accept, and drop
  sockets_muted = false;    // connections to come are mute as well
  #sockets = new Set();
  #upgrades = [];           // answers in the place of the next upgrades
  #answers = [];            // answers in the place of the next REST answers
  #timers = [];
  #next_id = 1;

  /**
   * `venue`: class of the venue; `symbols`: names → options of their market; `listed`: names that
   * are only listed; `tls`: {key, cert}; `heartbeat_ms`: what the venue does each second;
   * `ping_ms`: between two WebSocket pings, 0: none.
   */
  static async start(Venue, { symbols, listed = [], tls, heartbeat_ms = 1_000, ping_ms = 0,
    category } = {}) {
    const self = new Mock();
    const names = symbols ?? Object.fromEntries(Venue.names(category).map((name, i) =>
      [name, { price: 6_400_000 / (1 + 15 * i), seed: i + 1 }]));
    self.markets = new Map(Object.entries(names).map(([name, options]) =>
      [name, new Market(name, options)]));
    self.listed = [...self.markets.keys(), ...listed];
    self.tls = tls;
    self.venue = new Venue(self, category);
    self.server = tls ? create_https(tls) : create_http();
    self.#serve();
    await self.listen(0);
    self.#timers.push(setInterval(() => self.venue.beat(), heartbeat_ms));
    if (ping_ms) self.#timers.push(setInterval(() => self.#ping_all(), ping_ms));
    return self;
  }

  #note(what, more = {}) {
    this.log.push({ at: performance.now(), what, ...more });
  }
  /** Entries of the log of one kind, in order. */
  noted(what, matches = () => true) {
    return this.log.filter((entry) => entry.what === what && matches(entry));
  }
  complain(text) {
    this.complaints.push(text);
  }

  // ---- the server

  #serve() {
    const { server } = this;
    server.on('connection', (socket) => {
      this.#note('tcp');
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('tlsClientError', (error) => this.#note('tls_failed', { error: String(error) }));
    server.on('request', (request, response) => this.#answer(request, response));
    this.upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: false,
      autoPong: false });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  listen(port = this.port) {
    return new Promise((done, fail) => {
      this.server.once('error', fail);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.removeListener('error', fail);
        this.port = this.server.address().port;
        done();
      });
    });
  }
  /** Refuses connections until `listen` is called again; those that are open end. */
  async refuse() {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
  /** Shows another certificate from now on. */
  show_certificate(tls) {
    this.server.setSecureContext(tls);
  }
  async stop() {
    this.#timers.forEach(clearInterval);
    if (this.server.listening) await this.refuse();
  }

  url(scheme = this.tls ? 'wss' : 'ws') {
    return `${scheme}://${this.host}:${this.port}${this.venue.path}`;
  }
  rest_url() {
    return `${this.tls ? 'https' : 'http'}://${this.host}:${this.port}`;
  }
  get host() {
    return this.tls ? 'localhost' : '127.0.0.1';
  }

  /** The next `times` upgrades are answered by this status. */
  answer_upgrade(status, { headers = {}, times = 1 } = {}) {
    this.#upgrades.push(...Array(times).fill({ status, headers }));
  }
  /** The next `times` REST requests are answered by this status. */
  answer_rest(status, { headers = {}, times = 1, body = '{"code":-1003}' } = {}) {
    this.#answers.push(...Array(times).fill({ status, headers, body }));
  }

  #upgrade(request, socket, head) {
    const planned = this.#upgrades.shift();
    this.#note('upgrade', { target: request.url, status: planned?.status ?? 101,
      host: request.headers.host });
    if (planned) {
      const { status, headers } = planned;
      const lines = Object.entries({ 'Content-Length': 0, Connection: 'close', ...headers });
      socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? 'No'}\r\n` +
        `${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
      return;
    }
    this.upgrader.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, request.url));
  }

  #accept(socket, target) {
    const connection = new Connection(this, socket, this.#next_id++, target);
    const { id } = connection;
    socket.on('error', () => {});
    if (this.drop_at_once) {
      connection.drop();
      return;
    }
    connection.muted = this.sockets_muted;
    this.connections.add(connection);
    socket.on('close', (code) => {
      this.connections.delete(connection);
      this.#note('close', { id, code });
    });
    socket.on('ping', (payload) => {
      this.#note('ping', { id });
      if (!connection.muted) socket.pong(payload);
    });
    socket.on('pong', (payload) => this.#note('pong', { id, text: String(payload) }));
    socket.on('message', (data) => {
      const text = String(data);
      this.#note('message', { id, text });
      this.venue.heard(connection, text);
    });
    this.venue.connected(connection);
  }

  #answer(request, response) {
    const url = new URL(request.url, 'http://mock');
    const planned = this.#answers.shift();
    const { status, body, headers = {} } = planned ??
      this.venue.rest(url) ?? { status: 404, body: '{"message":"NotFound"}' };
    this.#note('rest', { target: request.url, path: url.pathname, status });
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text), ...headers });
    response.end(text);
  }

  #ping_all() {
    for (const connection of this.connections) {
      const payload = String(Date.now());
      this.#note('ping_sent', { id: connection.id, text: payload });
      connection.ping(payload);
    }
  }

  // ---- what it says

  /** To all that are subscribed to `stream`; `kind`: quote, trade, day, heartbeat, snapshot. */
  publish(stream, { symbol, kind }, text) {
    const listeners = [...this.connections].filter(({ streams }) => streams.has(stream));
    if (listeners.length === 0) return;
    for (const one of this.faults.texts({ symbol, kind }, text)) {
      for (const connection of listeners) connection.send(one);
    }
  }
  /** To one connection. */
  tell(connection, { symbol, kind }, text) {
    for (const one of this.faults.texts({ symbol, kind }, text)) connection.send(one);
  }
  /** To all, whatever they are subscribed to, whole as it is; Buffers as binary messages. */
  shout(message) {
    for (const connection of this.connections) connection.send(message);
  }

  market(symbol) {
    const market = this.markets.get(symbol);
    if (!market) throw new Error(`no market ${symbol}`);
    return market;
  }
  tick(symbol, options) {
    const before = this.market(symbol).book();
    const changed = this.market(symbol).tick(options);
    this.venue.ticked(symbol, changed, before);
  }
  trade(symbol) {
    const trade = this.market(symbol).trade();
    this.venue.traded(symbol, trade);
    return trade;
  }
  truth(symbol) {
    return this.market(symbol).truth();
  }

  /** A gentle timer: each `every_ms` a tick of every one of `symbols`, now and then a trade. */
  run(every_ms = 25, symbols = [...this.markets.keys()]) {
    this.pause();
    let turn = 0;
    this.pace = setInterval(() => {
      turn += 1;
      for (const symbol of symbols) {
        this.tick(symbol);
        if (turn % 3 === 0) this.trade(symbol);
      }
    }, every_ms);
    this.#timers.push(this.pace);
  }
  pause() {
    clearInterval(this.pace);
  }

  /** Plays what a capture's lines received to all connections, `every` of them a turn. */
  async play(file, every = 20) {
    const lines = createInterface({ input: createReadStream(file) });
    let played = 0;
    for await (const line of lines) {
      if (!line.includes('"dir":"recv"')) continue;
      this.shout(line.slice(line.indexOf('"msg":') + 6, line.lastIndexOf('}')));
      played += 1;
      if (played % every === 0) await new Promise((done) => setImmediate(done));
    }
    return played;
  }

  // ---- how it misbehaves

  drop() {
    for (const connection of this.connections) connection.drop();
  }
  /** Nothing comes any more, no pong either; with `to_come` not from new connections either. */
  mute({ to_come = false } = {}) {
    for (const connection of this.connections) connection.muted = true;
    this.sockets_muted = to_come;
  }
  unmute() {
    for (const connection of this.connections) connection.muted = false;
    this.sockets_muted = false;
  }
  mute_symbol(symbol, kinds) {
    this.faults.mute_symbol(symbol, kinds);
  }
  unmute_symbol(symbol) {
    this.faults.unmute_symbol(symbol);
  }
  meddle(what) {
    return this.faults.meddle(what);
  }
  refuse_subscription(symbol) {
    this.refused_symbols.add(symbol);
  }
  /** The venue's notice of a restart, to those that are connected; they are the answer. */
  announce_restart() {
    const old = [...this.connections];
    for (const connection of old) connection.send(this.venue.restart_notice(connection));
    return old;
  }
}
