"""The servers that runs are made against: how each is started, watched and stopped, and what else
used the machine meanwhile. A gateway is run_load's; a peer (bench/peers) is watched the same way.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time

import figures
import run_load


class Peer(run_load.Gateway):
    """A peer's process: sampled like a gateway's, but it has no admin side to ask."""

    admin = None

    def __init__(self, args, command):
        self.process = subprocess.Popen(["taskset", "-c", args.server_core, *command],
                                        stdout=subprocess.PIPE, text=True)
        self.samples = []
        self.client = self._address()
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample_on, daemon=True)
        self._sampler.start()

    def _address(self):
        for line in self.process.stdout:
            found = re.search(r"listening client=(\S+)", line)
            if found:
                return found.group(1)
        sys.exit(f"the peer ended with code {self.process.wait()} before it listened")


class Noise:
    """CPU that neither the server nor ticker-load used, in cores, since this was made."""

    def __init__(self, server):
        self.server = server
        self.before = self._now()

    def _now(self):
        with open("/proc/stat") as stat:
            user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
        with open(f"/proc/{self.server.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        all_ticks = user + nice + system + irq + softirq + steal
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = ((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                + children.ru_utime + children.ru_stime)
        return time.monotonic(), all_ticks / os.sysconf("SC_CLK_TCK") - ours

    def cores(self):
        (then, before), (now, after) = self.before, self._now()
        return max(after - before, 0) / (now - then)


def run(args, server):
    """One run of ticker-load against it, then it is stopped. Answers ticker-load's JSON, the
    server's CPU and ledger in the counted seconds, its peak memory, and what others used."""
    noise = Noise(server)
    try:
        result = run_load.run_load(args, server)
        others, peak = noise.cores(), server.peak_bytes()
        if server.process.poll() is not None:
            sys.exit(f"the server ended with code {server.process.returncode} under load")
    finally:
        server.stop()
    cpu = server.cpu_during(result["counted_from_us"], result["counted_to_us"])
    return result, cpu, figures.ledger(result), {"others": others, "peak": peak}


class Servers:
    """Starts servers by name. Keeps the files that they read until the end."""

    def __init__(self, args):
        self.args = args
        self.folder = tempfile.TemporaryDirectory()

    def _pairs(self):
        """The file of the pairs, which Node's peer reads instead of making them."""
        path = self._path("pairs.json")
        if not os.path.exists(path):
            with open(path, "w") as file:
                subprocess.run([self._built("peer-epoll"), "--print-pairs", "--symbols",
                                str(self.args.symbols)], stdout=file, check=True)
        return path

    def _path(self, name):
        return os.path.join(self.folder.name, name)

    def _built(self, name):
        return os.path.join(self.args.build, name)

    def start(self, name, rate):
        if name == "gateway":
            config = self._path("gateway.toml")
            with open(config, "w") as file:
                file.write(run_load.config_text(self.args, rate))
            return run_load.Gateway(self.args, config)
        if name == "ws":
            script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers/peer-ws.mjs")
            return Peer(self.args, ["node", script, "--rate", str(rate), "--pairs", self._pairs()])
        return Peer(self.args, [self._built(f"peer-{name}"), "--rate", str(rate), "--symbols",
                                str(self.args.symbols)])
