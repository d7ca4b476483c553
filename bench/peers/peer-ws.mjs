// `ws` on Node for `make bench-compare`: a broadcaster as the README of ws shows it («Server
// broadcast»): for each client that is open, client.send(data). Bench material.
//
// As there, nothing bounds what is queued for a client that reads slowly. Kinder than the README:
// clients are kept by symbol, and each message is made a Buffer once instead of once a client.
// Events, times and texts are those of bench/peers/market.cpp; see there.
//
//   node bench/peers/peer-ws.mjs --pairs <(build/release/peer-epoll --print-pairs --symbols 100)

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import WebSocket, { WebSocketServer } from '../../tests/e2e/node_modules/ws/wrapper.mjs';

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    rate: { type: 'string', default: '1000' },
    pairs: { type: 'string' },
  },
});
const rate = Number(flags.rate);
const epoch = '00000000feed0001';
const stall_max_ms = 1000;

const start_ms = performance.now();
const wall_us = (ms) => Math.round((performance.timeOrigin + ms) * 1000);

const below = (bound) => Math.floor(Math.random() * bound);

/** A mantissa as the text of a decimal. */
function decimal(mantissa, scale) {
  if (scale === 0) return String(mantissa);
  const digits = String(mantissa).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The quote of a simulated pair, as feeds/simulated/walk.cpp has it walk. */
class Pair {
  constructor([name, price, tick, price_scale, size_scale, size]) {
    Object.assign(this, { name: `sim:${name}`, price, tick, price_scale, size_scale, size });
    this.bid = price;
    this.seq = 0;
    this.listeners = new Set();
    this.change(wall_us(start_ms));
  }

  change(received_us) {
    const step = 1 + below(Math.max(this.price / 20_000, 1));
    const up = this.bid < this.price / 2 || (this.bid <= this.price * 2 && below(2) === 1);
    this.bid += up ? step : -step;
    this.ask = this.bid + 1 + below(Math.max(this.price / 5_000, 3));
    this.bid_size = 1 + below(this.size * 4);
    this.ask_size = 1 + below(this.size * 4);
    this.seq += 1;
    this.received_us = received_us;
  }

  get quote() {
    const price = (ticks) => decimal(ticks * this.tick, this.price_scale);
    const size = (mantissa) => decimal(mantissa, this.size_scale);
    return (
      `"bid":"${price(this.bid)}","bid_size":"${size(this.bid_size)}",` +
      `"ask":"${price(this.ask)}","ask_size":"${size(this.ask_size)}"`
    );
  }

  times(sent_us) {
    const { received_us } = this;
    return `"exchange_ts":${received_us - 500},"recv_ts":${received_us},"sent_ts":${sent_us}}`;
  }

  delta(sent_us) {
    return (
      `{"type":"delta","symbol":"${this.name}","seq":${this.seq},"prev":${this.seq - 1},` +
      `${this.quote},${this.times(sent_us)}`
    );
  }

  snapshot(sent_us) {
    return (
      `{"type":"snapshot","channel":"ticker","symbol":"${this.name}","epoch":"${epoch}",` +
      `"seq":${this.seq},"status":"live","reason":null,"since":${wall_us(start_ms)},` +
      `${this.quote},"last":null,"last_size":null,"open_24h":null,"high_24h":null,` +
      `"low_24h":null,"volume_24h":null,${this.times(sent_us)}`
    );
  }
}

const pairs = JSON.parse(readFileSync(flags.pairs, 'utf8')).map((row) => new Pair(row));
const by_name = new Map(pairs.map((pair) => [pair.name, pair]));

const http = createServer((request, response) => {
  const symbols = pairs.map(({ name }) => ({ symbol: name, venue: 'sim', status: 'live' }));
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ symbols }));
});

const server = new WebSocketServer({ server: http });
server.on('connection', (client) => {
  client.on('error', () => {}); // a client that went away is no news
  client.on('close', () => pairs.forEach((pair) => pair.listeners.delete(client)));
  client.on('message', (data) => {
    const { op, id, symbols } = JSON.parse(data);
    if (op !== 'subscribe') return client.send(JSON.stringify({ type: 'pong', id }));
    const known = symbols.map((name) => by_name.get(name)).filter(Boolean);
    const names = known.map(({ name }) => name);
    client.send(
      JSON.stringify({ type: 'subscribed', id, channel: 'ticker', symbols: names, interval_ms: 0 }),
    );
    for (const pair of known) {
      client.send(pair.snapshot(wall_us(performance.now())));
      pair.listeners.add(client);
    }
  });
  client.send(
    JSON.stringify({ type: 'welcome', protocol: 'ticker.v1.json', connection: 'peer', epoch }),
  );
});

function broadcast(pair, text) {
  const data = Buffer.from(text);
  pair.listeners.forEach((client) => {
    if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false });
  });
}

// Event number n is due at start + n / rate, told at the next full millisecond; its recv_ts is when
// it was due.
let said = 0;
const due_ms = () => start_ms + Math.ceil(((said + 1) * 1000) / rate);

function turn() {
  const now_ms = performance.now();
  if (now_ms - due_ms() > stall_max_ms) said += Math.floor(((now_ms - due_ms()) * rate) / 1000);
  const sent_us = wall_us(now_ms);
  for (let due = due_ms(); due <= now_ms; due = due_ms()) {
    const pair = pairs[said % pairs.length];
    said += 1;
    pair.change(wall_us(due));
    broadcast(pair, pair.delta(sent_us));
  }
  setTimeout(turn, due_ms() - performance.now());
}

http.listen(Number(flags.port), '127.0.0.1', 2048, () => {
  console.log(`listening client=127.0.0.1:${http.address().port}`);
  turn();
});
