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

/** What a server may show: a name in `Certificates.servers` → names inside it, days left. */
const SERVERS = {
  good: { names: 'DNS:localhost,IP:127.0.0.1', days: 2 },
  wrong_name: { names: 'DNS:exchange.example', days: 2 },
  expired: { names: 'DNS:localhost,IP:127.0.0.1', days: -1 },
};

// An expired certificate must begin before it ends, or OpenSSL 3.5 refuses to make it. `openssl
// x509` has no option for the beginning in OpenSSL 3.0; `openssl ca` has one in both.
const CA_CONFIG = `[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any_name
[any_name]
commonName = supplied
`;

/** The time that many days from now, as `openssl ca` takes it: YYYYMMDDhhmmssZ. */
function in_days(days) {
  const time = new Date(Date.now() + days * 86_400_000).toISOString();
  return time.replace(/[-:T]|\.\d+/g, '');
}

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
    await writeFile(join(self.path, 'ca.cnf'), CA_CONFIG);
    await writeFile(join(self.path, 'index.txt'), '');
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
    await this.#openssl(['ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.pem',
      '-keyfile', 'ca.key', '-startdate', in_days(-3), '-enddate', in_days(days),
      '-extfile', `${name}.ext`, '-in', `${name}.csr`, '-out', `${name}.pem`]);
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
