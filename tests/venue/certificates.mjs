// Certificates of a test's own authority, made by the openssl command line into a temporary folder
// that is gone when the process ends. Nothing here is a secret, and nothing outlives the test.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** What a server may show: a name in `Certificates.servers` → names inside it, days it lasts. */
const SERVERS = {
  good: { names: 'DNS:localhost,IP:127.0.0.1', days: 2 },
  wrong_name: { names: 'DNS:exchange.example', days: 2 },
  expired: { names: 'DNS:localhost,IP:127.0.0.1', days: -1 },
};

export class Certificates {
  /** name → {key, cert}, as `https.createServer` takes them. */
  servers = {};

  static async make() {
    const self = new Certificates();
    self.path = mkdtempSync(join(tmpdir(), 'ticker-ca-'));
    process.once('exit', () => rmSync(self.path, { recursive: true, force: true }));
    self.ca_file = join(self.path, 'ca.pem');
    await self.#openssl(['req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem',
      '-subj', '/CN=Test authority', '-days', '2']);
    for (const [name, server] of Object.entries(SERVERS)) await self.#sign(name, server);
    await self.#openssl(['req', '-x509', ...NEW_KEY, '-keyout', 'self_signed.key',
      '-out', 'self_signed.pem', '-subj', '/CN=localhost', '-days', '2',
      '-addext', `subjectAltName=${SERVERS.good.names}`]);
    self.#keep('self_signed');
    return self;
  }

  async #sign(name, { names, days }) {
    await writeFile(join(this.path, `${name}.ext`), `subjectAltName=${names}\n`);
    await this.#openssl(['req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`,
      '-subj', `/CN=${name}`]);
    await this.#openssl(['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key',
      '-CAcreateserial', '-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.pem`]);
    this.#keep(name);
  }

  #keep(name) {
    const read = (file) => readFileSync(join(this.path, file));
    this.servers[name] = { key: read(`${name}.key`), cert: read(`${name}.pem`) };
  }

  #openssl(args) {
    return run('openssl', args, { cwd: this.path });
  }
}
