// A small CONNECT proxy on 127.0.0.1 (RFC 9110, 9.3.6): passes bytes on, remembers what it was
// asked for, and refuses on command.

import { createServer } from 'node:http';
import { connect } from 'node:net';

export class Proxy {
  asked = [];       // "host:port" of each CONNECT
  refuse_with = 0;  // status to answer instead; 0: none
  #sockets = new Set();

  static async start() {
    const self = new Proxy();
    self.server = createServer((_, response) => response.writeHead(405).end());
    self.server.on('connect', (request, socket, head) => self.#pass(request, socket, head));
    await new Promise((done) => self.server.listen(0, '127.0.0.1', done));
    self.url = `http://127.0.0.1:${self.server.address().port}`;
    return self;
  }

  #pass({ url }, socket, head) {
    this.asked.push(url);
    this.#sockets.add(socket);
    socket.on('error', () => {});
    if (this.refuse_with) {
      socket.end(`HTTP/1.1 ${this.refuse_with} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = url.split(':');
    const upstream = connect({ host, port: Number(port) }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    this.#sockets.add(upstream);
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }

  stop() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((done) => this.server.close(done));
  }
}
