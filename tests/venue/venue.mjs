// What the venues of the mock share. A venue says how a name is spelt, answers requests, and puts
// what happened in the market into its own words. It sends by `mock.publish` and `mock.tell`, so
// that faults can get at everything.

export class Venue {
  path = '/';

  constructor(mock, category = 'spot') {
    this.mock = mock;
    this.category = category;
    this.names_by_spelling = new Map([...mock.markets.keys()].map((name) =>
      [this.spelling(name), name]));
  }

  /** Names that a test gets unless it asks for others. */
  static names() {
    return ['BTC-USDT', 'ETH-USDT'];
  }

  /** The venue's word for a name. */
  spelling(name) {
    return name;
  }
  /** The name of the venue's word, or undefined. */
  name_of(spelling) {
    return this.names_by_spelling.get(spelling);
  }

  /** A connection was made. */
  connected() {}
  /** A text came. */
  heard() {}
  /** A REST request: {status, body}, or undefined for 404. */
  rest() {}
  /** Prices moved; `changed`: levels, `before`: the whole book as it was. */
  ticked() {}
  traded() {}
  /** Called each second. */
  beat() {}

  /** A JSON request, or undefined with a complaint. */
  parsed(connection, text) {
    try {
      return JSON.parse(text);
    } catch {
      this.mock.complain(`${connection.id}: not JSON: ${text.slice(0, 100)}`);
      return undefined;
    }
  }

  /** Every connection that is subscribed to something. */
  listeners() {
    return [...this.mock.connections].filter(({ streams }) => streams.size > 0);
  }

  /** Complains when more than `count` entries of the log came within a second. */
  check_rate(connection, count) {
    const now = performance.now();
    const kinds = ['message', 'ping', 'pong'];
    const recent = this.mock.log.filter(({ at, what, id }) =>
      id === connection.id && kinds.includes(what) && at > now - 1_000);
    if (recent.length > count) {
      this.mock.complain(`${connection.id}: ${recent.length} messages within a second`);
    }
  }
}

/** A base and a quote of `BTC-USDT`. */
export function parts(name) {
  const [base, quote] = name.split('-');
  return { base, quote };
}
