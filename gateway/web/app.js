// Puts the page together: socket → model → (once a frame) table; clicks and keys → table.
// A message only changes the model. Painting happens in `frame`, at most once an animation frame,
// and must never happen anywhere else.

import { Bar, hint_line, link_words } from './bar.js';
import { Connection } from './connection.js';
import { Model } from './model.js';
import { Subscriptions } from './subscriptions.js';
import { Table } from './table.js';
import { Venues } from './venues.js';

const TICK_MS = 200;
const socket_url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/ws`;
const by_id = (id) => document.getElementById(id);

const model = new Model();
const bar = new Bar();
const table = new Table({ model, scroller: by_id('scroller'), table: by_id('prices') });
const handlers = { on_message, on_live, on_lost };
const venues = new Venues({ section: by_id('venues'), on_names });
const connection = new Connection({ url: socket_url, handlers });
const subscriptions = new Subscriptions({ connection, model, fetch_symbols });
const link = { conflating: false, ever_live: false };
let frame_asked = false;

async function fetch_symbols() {
  const answer = await fetch('/v1/symbols', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`/v1/symbols answered ${answer.status}`);
  return (await answer.json()).symbols;
}

function on_message(message) {
  if (message.type === 'slow') link.conflating = message.state === 'conflating';
  if (message.id !== undefined) subscriptions.answer(message, performance.now());
  if (model.apply(message) === 'gap') subscriptions.repair(message.symbol);
  if (model.dirty.size > 0) ask_frame();
}

// A venue may be known long before its first symbol.
function on_names(names) {
  if (connection.state === 'live') subscriptions.follow(names);
}

function on_live() {
  link.ever_live = true;
  link.conflating = false;
  subscriptions.begin();
}

function on_lost() {
  model.disconnected();
}

/** The gateway's wall clock, as far as we know it. */
function gateway_us() {
  return Date.now() * 1000 + connection.clock_offset_us;
}

function ask_frame() {
  if (frame_asked) return;
  frame_asked = true;
  requestAnimationFrame(frame);
}

function frame(now_ms) {
  frame_asked = false;
  table.paint({ now_ms, now_us: gateway_us(), trusted: connection.trusted });
  bar.show_link(link_words({ ...link_figures(), ...link }));
  show_list();
}

function link_figures() {
  const now_ms = performance.now();
  return {
    state: connection.state,
    trusted: connection.trusted,
    silent_ms: connection.heard_at_ms === null ? null : now_ms - connection.heard_at_ms,
    retry_in_ms: connection.retry_at_ms - now_ms,
  };
}

function show_list() {
  const [all, listed] = [model.entries.size, table.list.length];
  bar.write('count', listed === all ? `${all}` : `${listed} of ${all}`);
  const none = all > 0 ? `No symbol matches “${table.filter}”.` : 'No symbols yet.';
  bar.write_or_hide('empty', listed === 0 ? none : '');
  const example = table.list[0] ?? model.entries.values().next().value;
  bar.write('hint', hint_line(socket_url, example?.symbol ?? 'sim:BTC-USD'));
}

function tick() {
  connection.tick();
  if (connection.state === 'live') subscriptions.tick(performance.now());
  const may_ask = connection.state === 'live' && !document.hidden;
  venues.tick({ now_ms: performance.now(), now_us: gateway_us(), may_ask });
  ask_frame();
}

const rate = { received: 0, at_ms: performance.now() };
function show_rate() {
  const now_ms = performance.now();
  const per_second = ((connection.received - rate.received) * 1000) / (now_ms - rate.at_ms);
  Object.assign(rate, { received: connection.received, at_ms: now_ms });
  bar.write('rate', Math.round(per_second).toLocaleString('en').replaceAll(',', '\u2009'));
}

function sort_by(column) {
  table.arrange_by({ column, descending: table.column === column && !table.descending });
  for (const button of document.querySelectorAll('[data-column]')) {
    const order = table.descending ? 'descending' : 'ascending';
    if (button.dataset.column === column) button.parentElement.setAttribute('aria-sort', order);
    else button.parentElement.removeAttribute('aria-sort');
  }
  ask_frame();
}

function on_key(event) {
  const search = by_id('search');
  if (event.key === '/' && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
}

by_id('search').addEventListener('input', (event) => {
  table.arrange_by({ filter: event.target.value });
  by_id('scroller').scrollTop = 0;
  ask_frame();
});
by_id('prices').tHead.addEventListener('click', (event) => {
  const button = event.target.closest('[data-column]');
  if (button) sort_by(button.dataset.column);
});
by_id('scroller').addEventListener('scroll', (event) => {
  table.top = event.target.scrollTop;
  ask_frame();
});
new ResizeObserver(() => {
  table.measure();
  ask_frame();
}).observe(by_id('scroller'));
document.addEventListener('keydown', on_key);
setInterval(tick, TICK_MS);
setInterval(show_rate, 1000);
tick();
