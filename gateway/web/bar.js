// The lines round the table: link state, figures, warning, hint. Writes only what changed.
// Must never keep silent about a link that is not live.

import { age_text } from './cells.js';

/** Link state in words: {state, detail, warning}. Pure. */
export function link_words({ state, trusted, silent_ms, retry_in_ms, conflating, ever_live }) {
  const heard = silent_ms === null ? '' : `last message ${age_text(silent_ms * 1000)} ago`;
  if (state === 'live' && trusted) {
    const detail = conflating ? `${heard}, link slow: merged` : heard;
    return { state: 'live', detail, warning: '' };
  }
  const warning = ever_live ? `Prices are stale: ${heard}.` : '';
  if (state === 'live') return { state: 'silent', detail: heard, warning };
  if (state === 'connecting') return { state: 'connecting', detail: heard, warning };
  const seconds = Math.max(0, retry_in_ms / 1000).toFixed(0);
  return { state: 'reconnecting', detail: `in ${seconds} s`, warning };
}

/** A line for the browser's console that shows the protocol at work. Pure. */
export function hint_line(socket_url, symbol) {
  const request = JSON.stringify({ op: 'subscribe', id: 1, channel: 'ticker', symbols: [symbol] });
  return (
    `ws = new WebSocket('${socket_url}', 'ticker.v1.json'); ` +
    `ws.onmessage = (m) => console.log(m.data); ws.onopen = () => ws.send('${request}')`
  );
}

/** Writes text into elements by id, only when it differs from what stands there. */
export class Bar {
  #elements = new Map();

  write(id, text) {
    const element = this.#element(id);
    if (element.textContent !== text) element.textContent = text;
  }

  /** Like `write`, and hides an element without text. */
  write_or_hide(id, text) {
    this.write(id, text);
    const element = this.#element(id);
    if (element.hidden !== (text === '')) element.hidden = text === '';
  }

  show_link(words) {
    this.write('state', words.state);
    this.write('detail', words.detail);
    this.write_or_hide('warning', words.warning);
    const root = document.documentElement;
    if (root.dataset.link !== words.state) root.dataset.link = words.state;
  }

  #element(id) {
    if (!this.#elements.has(id)) this.#elements.set(id, document.getElementById(id));
    return this.#elements.get(id);
  }
}
