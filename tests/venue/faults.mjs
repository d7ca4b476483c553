// What can be done to messages on their way to clients: a meddler takes the text of the next
// matching message and answers the texts that are sent in its place.

/** The message is lost. */
export const skip = () => () => [];
/** The message comes twice. */
export const repeat = () => (text) => [text, text];
/** The message and the next one change places: for two messages. */
export function reorder() {
  let held;
  return (text) => {
    if (held !== undefined) return [text, held];
    held = text;
    return [];
  };
}
/** Something else comes in its place. */
export const instead = (other) => () => [other].flat();
/** The message comes cut short. */
export const cut = () => (text) => [text.slice(0, Math.floor(text.length / 2))];
/** The message comes changed; a pattern that is not there is a mistake of the test. */
export function change(pattern, replacement) {
  return (text) => {
    if (text.search(pattern) < 0) throw new Error(`no ${pattern} in ${text.slice(0, 200)}`);
    return [text.replace(pattern, replacement)];
  };
}

/** Frames that no adapter may take for data. */
export function broken_frames(sound) {
  return [
    '', '{', 'null', '[]', '17', '"\\ud800"', 'not json at all', '{"a":1,}', sound.slice(0, -1),
    sound.slice(0, Math.floor(sound.length / 2)), `${sound}}`, `${sound}${sound}`,
    `${'['.repeat(500)}${']'.repeat(500)}`, `{"type":"${'x'.repeat(3_000_000)}"}`,
    sound.replace(/"\d+\.\d+"|\d+\.\d+/, '-1e999'), sound.replace(/\d+\.\d+/, 'NaN'),
  ];
}

/** The meddlers that wait for their message, and what is mute. */
export class Faults {
  #meddlers = [];     // {symbol, kind, word, act, left, done}
  #mute = new Map();  // symbol → kinds; null: all of them

  /**
   * `act` gets the next `times` messages of this symbol and kind, from a stream with `word` in its
   * name; resolves when it had them.
   */
  meddle({ symbol, kind = 'quote', word = '', act, times = 1 }) {
    return new Promise((done) => {
      this.#meddlers.push({ symbol, kind, word, act, left: times, done });
    });
  }

  mute_symbol(symbol, kinds = null) {
    this.#mute.set(symbol, kinds);
  }
  unmute_symbol(symbol) {
    this.#mute.delete(symbol);
  }

  /** What is sent in the place of this message: a list of texts. */
  texts({ symbol, kind, stream = '' }, text) {
    const kinds = this.#mute.get(symbol);
    if (kinds === null || kinds?.includes(kind)) return [];
    const meddler = this.#meddlers.find((one) =>
      one.symbol === symbol && one.kind === kind && stream.includes(one.word));
    if (!meddler) return [text];
    meddler.left -= 1;
    if (meddler.left === 0) {
      this.#meddlers = this.#meddlers.filter((one) => one !== meddler);
      meddler.done();
    }
    return meddler.act(text);
  }
}
