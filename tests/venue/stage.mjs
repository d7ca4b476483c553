// The mock alone, with plain clients before it: for the tests of the mock itself.

import { request as http_request } from 'node:http';
import { request as https_request } from 'node:https';
import { until } from '../e2e/support.mjs';
import { Mock } from './mock.mjs';
import { VENUES } from './venues.mjs';
import { Witness } from './witness.mjs';

export async function with_mock(venue, options, body) {
  const mock = await Mock.start(VENUES[venue], options);
  const witnesses = [];
  const connect = async (more) => {
    const witness = await Witness.connect(mock, more);
    witnesses.push(witness);
    return witness;
  };
  try {
    await body(mock, connect);
  } finally {
    await Promise.all(witnesses.map((witness) => witness.close()));
    await mock.stop();
  }
}

/** Says what subscribes, and waits until the mock knows of it. */
export async function subscribed(mock, connect, { target, says = [] }) {
  const witness = await connect({ target });
  for (const message of says) witness.say(message);
  await until('the mock has the subscriptions', () => {
    const [connection] = [...mock.connections].slice(-1);
    return connection.streams.size > 0 && mock.noted('message').length >= says.length;
  });
  return witness;
}

const quote_of = ({ bid, bid_size, ask, ask_size }) => ({ bid, bid_size, ask, ask_size });

export async function knows_truth(mock, witness, symbol) {
  const spelling = mock.venue.spelling(symbol);
  const truth = JSON.stringify(quote_of(mock.truth(symbol)));
  await until(`the view of ${symbol} is ${truth}, saw ${JSON.stringify(witness.best(spelling))}`,
    () => witness.best(spelling) && JSON.stringify(quote_of(witness.best(spelling))) === truth);
}

/** The answer of a GET: {status, headers, body}. */
export function get(mock, path, { ca } = {}) {
  return new Promise((done, fail) => {
    const ask = mock.tls ? https_request : http_request;
    const request = ask(mock.rest_url() + path, { ca, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => (text += part));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers,
        body: JSON.parse(text) }));
    });
    request.on('error', fail);
    request.end();
  });
}
