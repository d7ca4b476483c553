// A gateway that misbehaves on command: it serves the real page and speaks just enough of the
// protocol to skip sequence numbers or fall silent, which the real one never does.
// Must never stand in for the real gateway where that could be used.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { need } from './support.mjs';

const WEB = fileURLToPath(new URL('../../gateway/web/', import.meta.url));
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };

export class FakeGateway {
  heartbeat_ms = 15_000;
  /** Requests of clients, in order. */
  requests = [];
  /** When true nothing is sent and nothing answered: a dead link that is still open. */
  mute = false;
  /** When false, exact symbols get no snapshot until `answer_repairs` is called. */
  repairs_at_once = true;
  clients = new Set();
  /** What /v1/venues tells; a test may fill it. */
  venues = [];
  venues_asked = 0;

  /** `symbols`: names such as "fake:A-USD". */
  constructor(symbols) {
    this.tickers = new Map(symbols.map((symbol, i) => [symbol, new_ticker(symbol, i)]));
  }

  async start() {
    const { WebSocketServer } = await need('ws');
    this.http = createServer((request, response) => this.#serve(request, response));
    const sockets = new WebSocketServer({ server: this.http, path: '/v1/ws' });
    sockets.on('connection', (socket) => this.#accept(socket));
    await new Promise((done) => this.http.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.http.address().port}/`;
  }

  stop() {
    for (const socket of this.clients) socket.terminate();
    this.http.closeAllConnections();
    return new Promise((done) => this.http.close(done));
  }

  /** Applies a change and tells clients; `lose` keeps it from them, so the next one has a hole. */
  change(symbol, fields, { lose = false } = {}) {
    const ticker = this.tickers.get(symbol);
    const prev = ticker.seq;
    Object.assign(ticker, fields, { seq: prev + 1, recv_ts: now_us(), sent_ts: now_us() });
    const { seq, recv_ts, sent_ts } = ticker;
    if (!lose) this.#tell({ type: 'delta', symbol, seq, prev, ...fields, recv_ts, sent_ts });
  }

  /** Sends the snapshot of one symbol to everybody. */
  snapshot(symbol) {
    this.#tell({ type: 'snapshot', channel: 'ticker', ...this.tickers.get(symbol) });
  }

  #tell(message) {
    for (const socket of this.clients) this.#send(socket, message);
  }

  #send(socket, message) {
    if (!this.mute) socket.send(JSON.stringify(message));
  }

  #accept(socket) {
    this.clients.add(socket);
    socket.on('close', () => this.clients.delete(socket));
    socket.on('message', (text) => this.#take(socket, JSON.parse(text)));
    const { heartbeat_ms } = this;
    const protocol = 'ticker.v1.json';
    const limits = {};
    const names = { connection: 's', epoch: 'e' };
    this.#send(socket, { type: 'welcome', protocol, ...names, heartbeat_ms, limits });
  }

  #take(socket, request) {
    this.requests.push(request);
    const { id, op, symbols } = request;
    if (op === 'ping') this.#send(socket, { type: 'pong', id, time: now_us() });
    if (op !== 'subscribe') return;
    this.#send(socket, { type: 'subscribed', id, channel: 'ticker', symbols, interval_ms: 0 });
    for (const ticker of this.tickers.values()) {
      const exact = symbols.includes(ticker.symbol) && this.repairs_at_once;
      const wild = symbols.includes(`${ticker.symbol.split(':')[0]}:*`);
      if (exact || wild) this.#send(socket, { type: 'snapshot', channel: 'ticker', ...ticker });
    }
  }

  async #serve(request, response) {
    const symbols = [...this.tickers.values()].map(({ symbol, status }) => {
      return { symbol, venue: symbol.split(':')[0], status };
    });
    if (request.url === '/v1/symbols') {
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ symbols }));
    }
    if (request.url === '/v1/venues') {
      this.venues_asked += 1;
      if (this.mute) return undefined;
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ venues: this.venues }));
    }
    const name = request.url === '/' ? 'index.html' : request.url.replace(/^\/web\//, '');
    const bytes = /^[a-z_]+\.\w+$/.test(name) && (await readFile(WEB + name).catch(() => null));
    response.statusCode = bytes ? 200 : 404;
    response.setHeader('content-type', TYPES[name.split('.').pop()] ?? 'text/plain');
    response.end(bytes || 'not found');
  }
}

function now_us() {
  return Date.now() * 1000;
}

function new_ticker(symbol, i) {
  return {
    symbol, epoch: 'e', seq: 1, status: 'live', reason: null, since: now_us(),
    bid: `${100 + i}.10`, bid_size: '1', ask: `${100 + i}.20`, ask_size: '1',
    last: `${100 + i}.15`, last_size: '1', open_24h: `${99 + i}.00`, high_24h: null,
    low_24h: null, volume_24h: null, exchange_ts: null, recv_ts: now_us(), sent_ts: now_us(),
  };
}
