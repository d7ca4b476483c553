// The real gateway as a child process: started, asked where it listens, killed.
// Must never leave a process behind.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { until } from './support.mjs';

export class Gateway {
  /** Starts the binary of TICKER_GATEWAY; port 0 lets the system pick. `flags` come on top. */
  static async start(port = 0, flags = []) {
    const binary = process.env.TICKER_GATEWAY;
    if (!binary) throw new Error('TICKER_GATEWAY must name the gateway binary');
    const self = new Gateway();
    const args = ['--listen', `127.0.0.1:${port}`, '--admin', '127.0.0.1:0', ...flags];
    self.child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    self.child.on('error', (error) => (self.failure = error));
    self.child.on('exit', (code) => (self.failure ??= new Error(`the gateway ended with ${code}`)));
    createInterface({ input: self.child.stdout }).on('line', (line) => {
      self.port ??= Number(/^listening client=\S+:(\d+)/.exec(line)?.[1]) || undefined;
    });
    try {
      await until('the gateway says where it listens', () => {
        if (self.failure) throw self.failure;
        return self.port;
      });
    } catch (error) {
      await self.kill();
      throw error;
    }
    return self;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Holds the process: its sockets stay open and nothing comes out of them. */
  freeze() {
    this.child.kill('SIGSTOP');
  }

  thaw() {
    this.child.kill('SIGCONT');
  }

  /** Ends it without a good-bye, as a crash would. */
  async kill() {
    if (!this.child.pid || this.child.exitCode !== null || this.child.signalCode) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
