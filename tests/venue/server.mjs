// The sockets of a mock exchange: HTTP and WebSocket on one port of 127.0.0.1, plain or TLS. Keeps
// ledger of all that comes, with times, and can refuse, answer with other statuses, drop, and be
// mute. What is said is decided by whoever extends it: `connected`, `heard`, `answer_to`.

import { createServer as create_http } from 'node:http';
import { createServer as create_https } from 'node:https';
import { need } from '../e2e/support.mjs';

const { WebSocket, WebSocketServer } = await need('ws');

const REASONS = { 418: "I'm a teapot", 429: 'Too Many Requests', 503: 'Service Unavailable' };

/** One client on a WebSocket. `streams`: what it is subscribed to, in the venue's words. */
class Connection {
  streams = new Set();
  muted = false;

  constructor(socket, id, target) {
    Object.assign(this, { socket, id, target });
  }

  send(text) {
    if (!this.muted && this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }
  json(value) {
    this.send(JSON.stringify(value));
  }
  ping(payload) {
    if (!this.muted && this.socket.readyState === WebSocket.OPEN) this.socket.ping(payload);
  }
  /** Ends without goodbye, as a broken network does. */
  drop() {
    this.socket.terminate();
  }
  close(code = 1001) {
    this.socket.close(code);
  }
}

export class Server {
  log = [];                 // {at, what, …}: tcp, tls_failed, upgrade, rest, message, ping, pong, …
  connections = new Set();  // open ones
  drop_at_once = false;     // accept, and drop
  sockets_muted = false;    // connections to come are mute as well
  #sockets = new Set();
  #upgrades = [];           // answers in the place of the next upgrades
  #answers = [];            // answers in the place of the next REST answers
  #next_id = 1;

  constructor(tls) {
    this.tls = tls;
    this.server = tls ? create_https(tls) : create_http();
    this.server.on('connection', (socket) => {
      this.note('tcp');
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    this.server.on('tlsClientError', (error) => this.note('tls_failed', { error: String(error) }));
    this.server.on('request', (request, response) => this.#answer(request, response));
    this.upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: false,
      autoPong: false });
    this.server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  note(what, more = {}) {
    this.log.push({ at: performance.now(), what, ...more });
  }
  /** Entries of the log of one kind, in order. */
  noted(what, matches = () => true) {
    return this.log.filter((entry) => entry.what === what && matches(entry));
  }

  get host() {
    return this.tls ? 'localhost' : '127.0.0.1';
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
  /** The next `times` upgrades are answered by this status. */
  answer_upgrade(status, { headers = {}, times = 1 } = {}) {
    this.#upgrades.push(...Array(times).fill({ status, headers }));
  }
  /** The next `times` REST requests are answered by this status. */
  answer_rest(status, { headers = {}, times = 1, body = '{"code":-1003}' } = {}) {
    this.#answers.push(...Array(times).fill({ status, headers, body }));
  }
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
  /** A WebSocket ping to all, each with a payload of its own. */
  ping_all() {
    for (const connection of this.connections) {
      const text = `${connection.id} ${performance.now()}`;
      this.note('ping_sent', { id: connection.id, text });
      connection.ping(text);
    }
  }

  #upgrade(request, socket, head) {
    const planned = this.#upgrades.shift();
    this.note('upgrade', { target: request.url, status: planned?.status ?? 101,
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
    const connection = new Connection(socket, this.#next_id++, target);
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
      this.note('close', { id, code });
    });
    socket.on('ping', (payload) => {
      this.note('ping', { id });
      if (!connection.muted) socket.pong(payload);
    });
    socket.on('pong', (payload) => this.note('pong', { id, text: String(payload) }));
    socket.on('message', (data) => {
      const text = String(data);
      this.note('message', { id, text });
      this.heard(connection, text);
    });
    this.connected(connection);
  }

  #answer(request, response) {
    const url = new URL(request.url, 'http://mock');
    const planned = this.#answers.shift();
    const { status, body, headers = {} } = planned ?? this.answer_to(url) ??
      { status: 404, body: '{"message":"NotFound"}' };
    this.note('rest', { target: request.url, path: url.pathname, status });
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text), ...headers });
    response.end(text);
  }
}
