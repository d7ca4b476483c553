// TLS and proxies: a chain of the configured authority is trusted and no other, and what was wrong
// is told; through a proxy everything is the same.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Certificates } from './certificates.mjs';
import { Proxy } from './proxy.mjs';
import { Scene } from './scene.mjs';
import { DEFAULTS, variant } from './variants.mjs';

let certificates;
before(async () => {
  certificates = await Certificates.make();
});

/** A scene with TLS. */
function secure(one, { certificate = 'good', more = {}, ...options }, body) {
  const mock = { tls: certificates.servers[certificate] };
  return Scene.with(one, { mock, more: { ca_file: certificates.ca_file, ...more }, ...options },
    body);
}

async function status_tells({ gateway }, pattern) {
  let body;
  await until(`/v1/status tells ${pattern}`, async () => {
    ({ body } = await gateway.admin('/v1/status'));
    return pattern.test(body);
  }).catch((error) => {
    error.message += `: ${body}`;
    throw error;
  });
}

describe('TLS', { concurrency: 5 }, () => {
  for (const one of DEFAULTS) {
    test(`${one.name}: a good chain works, for messages and for requests`, () =>
      secure(one, {}, async (scene) => {
        await scene.begins();
        await scene.goes_on();
        await scene.settles();
        assert.ok(scene.mock.noted('rest').length > 0);
        assert.deepEqual(scene.mock.noted('tls_failed'), []);
      }));
  }

  // OpenSSL's own words.
  const WRONG = { wrong_name: /hostname mismatch/i, self_signed: /self.signed/i,
    expired: /has expired/i };
  for (const [certificate, reason] of Object.entries(WRONG)) {
    test(`a certificate that is ${certificate} is refused, and the good one is taken later`, () =>
      secure(variant('kraken book'), {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        scene.mark();
        const upgrades = scene.mock.noted('upgrade').length;
        scene.mock.show_certificate(certificates.servers[certificate]);
        const tried = scene.mock.noted('tcp').length;
        scene.mock.drop();
        await scene.sees(symbol, 'down disconnected');
        await status_tells(scene, reason);
        await scene.notes('tcp', tried + 3);
        assert.equal(scene.mock.noted('upgrade').length, upgrades, 'it spoke to a stranger');
        assert.equal(scene.state(symbol).status, 'down');
        scene.mock.show_certificate(certificates.servers.good);
        await scene.sees(symbol, 'live');
        await scene.settles();
      }));
  }

  test('without the authority the chain is not trusted from the start', () =>
    secure(variant('binance bookTicker'), { more: { ca_file: undefined }, unheard: true },
      async (scene) => {
        await scene.notes('tcp', 3);
        await status_tells(scene, /unable to get local issuer certificate/i);
        assert.deepEqual(scene.mock.noted('upgrade'), []);
        assert.deepEqual(scene.mock.noted('rest'), []);
      }));
});

describe('a proxy', { concurrency: 3 }, () => {
  async function proxied(body) {
    const proxy = await Proxy.start();
    try {
      await body(proxy);
    } finally {
      await proxy.stop();
    }
  }

  test('everything goes through it, with TLS to the venue', () =>
    proxied((proxy) => secure(variant('binance depth'), { more: { proxy: proxy.url } },
      async (scene) => {
        await scene.begins();
        await scene.settles();
        const venue = `localhost:${scene.mock.port}`;
        assert.deepEqual([...new Set(proxy.asked)], [venue]);
        assert.equal(proxy.asked.length, scene.mock.noted('tcp').length);
      })));

  test('and without', () =>
    proxied((proxy) => Scene.with(variant('okx books'), { more: { proxy: proxy.url } },
      async (scene) => {
        await scene.begins();
        await scene.settles();
        assert.ok(proxy.asked.length > 0);
      })));

  test('a proxy that refuses is told, and asked again', () =>
    proxied((proxy) => Scene.with(variant('kraken ticker'), { more: { proxy: proxy.url } },
      async (scene) => {
        await scene.begins();
        scene.mark();
        proxy.refuse_with = 403;
        scene.mock.drop();
        await scene.sees(scene.symbols[0], 'down disconnected');
        await status_tells(scene, /HTTP 403|proxy/i);
        proxy.refuse_with = 0;
        await scene.sees(scene.symbols[0], 'live');
        await scene.settles();
      })));
});
