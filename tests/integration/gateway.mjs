// The gateway of TICKER_GATEWAY as a child process: started with a config of the test, asked over
// HTTP, ended by signals. Every process that is started here is gone when its test ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as http_request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../e2e/support.mjs';

export const SCALE = Number(process.env.TEST_TIME_SCALE ?? 1);
export const SOURCE = fileURLToPath(new URL('../../', import.meta.url));

/** Starts a program; what it prints gathers in `stdout` and `stderr`, `exited` tells its end. */
export function run(binary, args, options = {}) {
  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  child.stdin.on('error', () => {});  // it may end without reading
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const self = { child, stdout: '', stderr: '' };
  child.stdout.on('data', (bytes) => (self.stdout += bytes));
  child.stderr.on('data', (bytes) => (self.stderr += bytes));
  self.exited = new Promise((done) => {
    child.on('error', (error) => done({ code: null, error: String(error) }));
    child.on('close', (code, signal) => done({ code, signal }));
  });
  self.exited.then(() => process.removeListener('exit', kill));
  return self;
}

/** Runs a program that ends by itself: {code, stdout, stderr}. */
export async function run_to_end(binary, args, { input = '', seconds = 30 } = {}) {
  const program = run(binary, args);
  program.child.stdin.end(input);
  const late = setTimeout(() => program.child.kill('SIGKILL'), seconds * 1_000 * SCALE);
  const end = await program.exited;
  clearTimeout(late);
  return { ...end, stdout: program.stdout, stderr: program.stderr };
}

/** One HTTP request on a connection of its own: {status, headers, body}. */
export function http(port, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', port, path, method, headers, agent: false };
    const request = http_request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.on('error', fail);
      const { statusCode: status } = response;
      response.on('end', () => done({ status, headers: response.headers, body: text }));
    });
    request.setTimeout(20_000 * SCALE, () => request.destroy(new Error(`${path}: no answer`)));
    request.on('error', fail);
    request.end(body);
  });
}

/** A folder for the files of one test, and a way to fill it. */
export class Folder {
  static async make() {
    const self = new Folder();
    self.path = await mkdtemp(join(tmpdir(), 'ticker-test-'));
    return self;
  }
  async write(name, text) {
    await writeFile(join(this.path, name), text);
    return join(this.path, name);
  }
  remove() {
    return rm(this.path, { recursive: true, force: true });
  }
}

export class Gateway {
  static binary() {
    const binary = process.env.TICKER_GATEWAY;
    if (!binary) throw new Error('TICKER_GATEWAY must name the gateway binary');
    return binary;
  }

  /** Starts it on free ports; `config` is the text of its config file. */
  static async start({ config = '', args = [] } = {}) {
    const self = new Gateway();
    self.folder = await Folder.make();
    const file = await self.folder.write('gateway.toml', config);
    const ports = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
    self.process = run(Gateway.binary(), ['--config', file, ...ports, ...args]);
    self.process.exited.then((end) => (self.end = end));
    try {
      await until('the gateway says where it listens', () => {
        if (self.end) throw new Error(`it ended: ${JSON.stringify(self.end)} ${self.stderr}`);
        const line = /^listening client=\S+:(\d+) admin=\S+:(\d+)$/m.exec(self.process.stdout);
        if (line) [self.port, self.admin_port] = [Number(line[1]), Number(line[2])];
        return line;
      });
    } catch (error) {
      await self.kill();
      throw error;
    }
    return self;
  }

  /** Runs `body` with a gateway that is gone afterwards; it must not have ended by itself. */
  static async with(options, body) {
    const self = await Gateway.start(options);
    try {
      await body(self);
      if (self.end) throw new Error(`the gateway ended: ${JSON.stringify(self.end)}`);
    } catch (error) {
      error.message += `\ngateway: ${JSON.stringify(self.end ?? 'runs')} ${self.stderr}`;
      throw error;
    } finally {
      await self.kill();
    }
  }

  get stderr() {
    return this.process.stderr.slice(-2_000);
  }
  get url() {
    return `ws://127.0.0.1:${this.port}/v1/ws`;
  }

  async kill() {
    if (!this.end) this.process.child.kill('SIGKILL');
    await this.process.exited;
    await this.folder.remove();
  }

  /** Sends a signal; answers {code, signal, ms} when the process is gone. */
  async stop(signal) {
    const began_ms = performance.now();
    this.process.child.kill(signal);
    const exit = once(this.process.child, 'exit');
    const [code, by] = await exit;
    return { code, signal: by, ms: performance.now() - began_ms };
  }

  get(path, options) {
    return http(this.port, path, options);
  }
  admin(path, options) {
    return http(this.admin_port, path, options);
  }
  async status() {
    return JSON.parse((await this.admin('/v1/status')).body);
  }
  async symbols() {
    return JSON.parse((await this.get('/v1/symbols')).body).symbols;
  }
  /** Waits until at least `count` symbols are known; answers their names. */
  async names(count) {
    const what = `${count} symbols are known`;
    const all = () => this.symbols().then((list) => list.length >= count && list);
    return (await until(what, all)).map(({ symbol }) => symbol);
  }
  /** symbol → its snapshot over HTTP. */
  async snapshots(symbols) {
    const { status, body } = await this.get(`/v1/snapshot?symbols=${symbols.join(',')}`);
    if (status !== 200) throw new Error(`snapshot: ${status} ${body}`);
    return new Map(JSON.parse(body).snapshots.map((snapshot) => [snapshot.symbol, snapshot]));
  }
  /** The sum of all series of one metric whose labels contain `labels`. */
  async metric(name, labels = '') {
    const { body } = await this.admin('/metrics');
    const lines = body.split('\n').filter((line) => {
      return (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels);
    });
    if (lines.length === 0) throw new Error(`no metric ${name} with ${labels}`);
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
}

/** True when a ledger of /v1/status adds up. */
export function adds_up({ offered, sent, merged, lost, abandoned, queued }) {
  return offered === sent + merged + lost + abandoned + queued;
}
