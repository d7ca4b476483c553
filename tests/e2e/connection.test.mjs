// The life of the socket under a clock of the test; mirrors gateway/web/connection.js.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Connection, retry_delay_ms } from '../../gateway/web/connection.js';

let now_ms;
let sockets;
let events;
let connection;

class Socket {
  sent = [];
  closed = false;
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  hear(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

function pass(ms) {
  now_ms += ms;
  connection.tick();
}

function last_socket() {
  return sockets[sockets.length - 1];
}

function go_live() {
  connection.tick();
  last_socket().hear({ type: 'welcome', heartbeat_ms: 15_000 });
  last_socket().hear({ type: 'pong', id: last_socket().sent[0].id, time: 7 });
}

beforeEach(() => {
  now_ms = 1_000;
  sockets = [];
  events = [];
  connection = new Connection({
    url: 'ws://test/v1/ws',
    handlers: {
      on_message: (message) => events.push(message.type),
      on_live: () => events.push('LIVE'),
      on_lost: () => events.push('LOST'),
    },
    open: (url, protocol) => {
      sockets.push(Object.assign(new Socket(), { url, protocol }));
      return last_socket();
    },
    now_ms: () => now_ms,
    wall_us: () => now_ms * 1_000,
    random: () => 0.5,
  });
});

test('it connects at once, asks for the protocol, and is live when welcomed', () => {
  connection.tick();
  assert.equal(connection.state, 'connecting');
  assert.equal(connection.trusted, false);
  assert.equal(last_socket().protocol, 'ticker.v1.json');
  last_socket().hear({ type: 'welcome', heartbeat_ms: 15_000 });
  assert.equal(connection.state, 'live');
  assert.ok(connection.trusted);
});

const pings = () => last_socket().sent.filter(({ op }) => op === 'ping').length;

test('after two seconds of silence it asks, and without an answer in three more distrusts', () => {
  go_live();
  const before = pings();
  pass(2_000);
  assert.equal(pings(), before);
  pass(1);
  assert.equal(pings(), before + 1);
  pass(3_000);
  assert.ok(connection.trusted);
  pass(1);
  assert.equal(connection.trusted, false);
  assert.equal(connection.state, 'live');
  last_socket().hear({ type: 'pong', id: last_socket().sent.at(-1).id, time: 7 });
  assert.ok(connection.trusted);
});

test('a link that was never answered on is given up after two heartbeats', () => {
  go_live();
  pass(2_001);
  const before = pings();
  pass(27_000);
  assert.equal(connection.state, 'live');
  assert.equal(connection.trusted, false);
  assert.equal(pings(), before);
  pass(1_000);
  assert.equal(connection.state, 'waiting');
  assert.ok(last_socket().closed);
  assert.equal(events.at(-1), 'LOST');
});

test('a feed that is quiet for hours stays trusted through pongs', () => {
  go_live();
  for (let asked = 0; asked < 1_000; asked += 1) {
    pass(2_001);
    last_socket().hear({ type: 'pong', id: last_socket().sent.at(-1).id, time: 7 });
    pass(1_999);
    assert.ok(connection.trusted);
  }
  assert.equal(pings(), 1_001);
});

test('a message answers for a ping, but silence after it takes a new one', () => {
  go_live();
  pass(2_001);
  const before = pings();
  pass(100);
  last_socket().hear({ type: 'delta' });
  pass(2_000);
  assert.equal(pings(), before);
  pass(1_500);
  assert.ok(connection.trusted);
  assert.equal(pings(), before + 1);
  pass(3_001);
  assert.equal(connection.trusted, false);
});

test('a short heartbeat makes both times a quarter of it', () => {
  connection.tick();
  last_socket().hear({ type: 'welcome', heartbeat_ms: 1_000 });
  last_socket().hear({ type: 'pong', id: last_socket().sent[0].id, time: 7 });
  pass(251);
  assert.equal(pings(), 2);
  pass(250);
  assert.ok(connection.trusted);
  pass(1);
  assert.equal(connection.trusted, false);
});

test('past a heartbeat of silence nothing is trusted, even if no tick came to ask', () => {
  go_live();
  now_ms += 15_000;
  assert.ok(connection.trusted);
  now_ms += 1;
  assert.equal(connection.trusted, false);
});

test('a page that slept asks before it gives the connection up', () => {
  go_live();
  pass(600_000);
  assert.equal(connection.state, 'live');
  assert.equal(connection.trusted, false);
  last_socket().hear({ type: 'pong', id: last_socket().sent.at(-1).id, time: 7 });
  assert.ok(connection.trusted);
});

test('delays double, and begin anew after a lasting connection', () => {
  go_live();
  pass(20_000);
  for (const delay_ms of [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
    last_socket().onclose();
    const tried = sockets.length;
    assert.equal(connection.retry_at_ms - now_ms, delay_ms);
    pass(delay_ms - 1);
    assert.equal(sockets.length, tried);
    pass(1);
    assert.equal(sockets.length, tried + 1);
  }
  last_socket().hear({ type: 'welcome', heartbeat_ms: 15_000 });
  now_ms += 20_000;
  last_socket().onclose();
  assert.equal(connection.retry_at_ms - now_ms, 500);
});

test('a connection that never opens is given up', () => {
  connection.tick();
  pass(9_000);
  assert.equal(connection.state, 'connecting');
  pass(2_000);
  assert.equal(connection.state, 'waiting');
  assert.deepEqual(events, []);
});

test('a socket that was given up is not listened to', () => {
  go_live();
  const old = last_socket();
  old.onclose();
  pass(500);
  const heard = events.length;
  old.hear({ type: 'delta' });
  old.onclose();
  assert.equal(events.length, heard);
  assert.equal(connection.state, 'connecting');
});

test('the clock of the server is taken from a pong, less half its trip', () => {
  connection.tick();
  last_socket().hear({ type: 'welcome', heartbeat_ms: 15_000 });
  now_ms += 40;
  last_socket().hear({ type: 'pong', id: last_socket().sent[0].id, time: (now_ms + 500) * 1_000 });
  assert.equal(connection.clock_offset_us, 520_000);
});

test('delays stay between half a second and ten, whatever chance says', () => {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    for (const chance of [0, 0.5, 0.999]) {
      const delay_ms = retry_delay_ms(attempt, () => chance);
      assert.ok(delay_ms >= 500 && delay_ms <= 10_000);
    }
  }
  assert.notEqual(retry_delay_ms(2, () => 0), retry_delay_ms(2, () => 0.9));
});
