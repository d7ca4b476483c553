#!/usr/bin/env python3
"""Finds the rate that the gateway holds: one gateway, one load client, each on a core of its own.

For every rate a fresh gateway runs the simulated feed (profile `even`: each event changes one
instrument's quote) and ticker-load subscribes its clients. The table goes on until a rate no longer
holds: less than 98 % delivered, something merged or lost, latency growing, or a client gone.
Gateway CPU (from /proc) and ledger (as ticker-load reads it) are those of the counted seconds.
Needs nothing but Python 3 and taskset.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import figures

RATES = [1_000, 5_000, 10_000, 20_000, 40_000, 60_000, 80_000, 100_000, 120_000, 160_000, 200_000]
SAMPLE_PERIOD_S = 0.25


def add_common(parser):
    """Flags that every series of runs against the gateway has."""
    parser.add_argument("--build", default="build/release", help="folder of the executables")
    parser.add_argument("--load-build", help="folder of ticker-load, if it is another")
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--symbols-per-client", type=int, default=10)
    parser.add_argument("--symbols", type=int, default=100, help="instruments of the feed")
    parser.add_argument("--same-symbols", action="store_true")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warmup", type=float, default=3)
    parser.add_argument("--gateway-cores", default="0", help="as for taskset -c")
    parser.add_argument("--load-core", default="1")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="further config of the gateway, e.g. limits.drain_max=1024")
    add_load_flag(parser)


def add_load_flag(parser):
    parser.add_argument("--load-flag", action="append", default=[], metavar="FLAGS",
                        help="further flags of ticker-load, e.g. --load-flag='--fields bid'")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_common(parser)
    parser.add_argument("--rates", help="events a second, separated by commas")
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--all", action="store_true", help="go on past the first rate that fails")
    args = parser.parse_args()
    if args.slow:
        args.load_flag.append(f"--slow {args.slow}")
    return args


def config_text(args, rate):
    settings = {
        "shards": args.shards,
        "feeds.simulated.profile": '"even"',
        "feeds.simulated.symbols": args.symbols,
        "feeds.simulated.rate": rate,
        "log_level": '"warn"',
    }
    for setting in args.set:
        key, _, value = setting.partition("=")
        settings[key.strip()] = value.strip()
    return "".join(f"{key} = {value}\n" for key, value in settings.items())


class Gateway:
    """A gateway process, its two addresses, and what CPU it used when."""

    def __init__(self, args, config_path, listen="127.0.0.1:0"):
        self.process = subprocess.Popen(
            ["taskset", "-c", args.gateway_cores, os.path.join(args.build, "ticker-gateway"),
             "--config", config_path, "--listen", listen, "--admin", "127.0.0.1:0"],
            stdout=subprocess.PIPE, text=True)
        self.samples = []
        self.client, self.admin = self._addresses()
        self._wait_until_ready()
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample_on, daemon=True)
        self._sampler.start()

    def _addresses(self):
        for line in self.process.stdout:
            found = re.search(r"listening client=(\S+) admin=(\S+)", line)
            if found:
                # Whatever it says later must not fill the pipe.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return found.group(1), found.group(2)
        sys.exit(f"the gateway ended with code {self.process.wait()} before it listened")

    def _wait_until_ready(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://{self.admin}/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        sys.exit("the gateway was not ready within 10 s")

    def _sample(self):
        """When, and CPU seconds. Nothing is asked of the server: that would be in its p99."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        return time.time() * 1e6, ticks / os.sysconf("SC_CLK_TCK")

    def _sample_on(self):
        while not self._stop.wait(SAMPLE_PERIOD_S):
            try:
                self.samples.append(self._sample())
            except OSError:
                pass  # it has ended

    def cpu_during(self, from_us, to_us):
        """In cores; None when too little was seen."""
        inside = [s for s in self.samples if from_us <= s[0] <= to_us]
        if len(inside) < 2:
            return None
        (t0, cpu0), (t1, cpu1) = inside[0], inside[-1]
        return (cpu1 - cpu0) / ((t1 - t0) / 1e6)

    def peak_bytes(self):
        """The most memory that was resident; None when the process has ended."""
        with open(f"/proc/{self.process.pid}/status") as status:
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read())
        return 1024 * int(found.group(1)) if found else None

    def stop(self):
        self._stop.set()
        self._sampler.join()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def further_flags(args):
    return [word for flags in args.load_flag for word in shlex.split(flags)]


def load_flags(args, further):
    """What all runs have, but for what `further` says otherwise."""
    common = {"--clients": args.clients, "--symbols-per-client": args.symbols_per_client,
              "--seconds": args.seconds, "--warmup": args.warmup}
    flags = [word for flag, value in common.items() if not figures.has_flag(further, flag)
             for word in (flag, str(value))]
    return flags + ["--same-symbols"] * args.same_symbols + further


def run_load(args, server):
    """ticker-load's JSON. That clients were cut off or data was missing is in it, and that the
    ledger of the gateway says something else."""
    command = ["taskset", "-c", args.load_core,
               os.path.join(args.load_build or args.build, "ticker-load"),
               "--url", f"ws://{server.client}/v1/ws", "--json",
               *load_flags(args, further_flags(args))]
    if server.admin:
        command += ["--admin", f"http://{server.admin}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 2):
        sys.exit(f"ticker-load ended with code {done.returncode}")
    return json.loads(done.stdout)


def wanted(args, rate, result):
    """Deliveries a second to the fast clients, of whom a scenario may have made others."""
    each = figures.deliveries(result["clients"], result["symbols_per_client"], args.symbols)
    return rate * each


def measure(args, rate):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(config_text(args, rate))
        config.flush()
        gateway = Gateway(args, config.name)
        try:
            result = run_load(args, gateway)
        finally:
            gateway.stop()
    cpu = gateway.cpu_during(result["counted_from_us"], result["counted_to_us"])
    grown, flags = figures.ledger(result), further_flags(args)
    reasons = figures.why_not_held(result, grown, wanted(args, rate, result), flags)
    return result, figures.of_run(result, cpu, grown, flags), reasons


def row(rate, result, of, reasons):
    sent, recv = result["sent_to_receipt_us"], result["recv_to_receipt_us"]
    load = result["load_client"]
    doubts = [word for word in ("bottleneck", "starved") if load[word]]
    cells = [
        f"{rate:,}", f"{of['delivered']:,.0f}",
        " / ".join(f"{recv[p] / 1000:.2f}" for p in ("p50", "p99", "p999")),
        " / ".join(f"{sent[p] / 1000:.2f}" for p in ("p50", "p99", "p999")),
        f"{of['merged']:,.0f}", f"{of['lost']:,.0f}",
        "?" if of["cpu"] is None else f"{100 * of['cpu']:.0f} %",
        f"{of['frame']:.0f}",
        f"{100 * load['busy_share']:.0f} %" + (f" ({', '.join(doubts)})" if doubts else ""),
        "yes" if not reasons else "no: " + ", ".join(reasons),
    ]
    return "| " + " | ".join(cells) + " |"


def main():
    args = arguments()
    rates = [int(rate) for rate in args.rates.split(",")] if args.rates else RATES
    symbols = f"{args.symbols_per_client} of {args.symbols} symbols"
    print(f"{args.clients} clients, {symbols}{', the same for all' if args.same_symbols else ''}; "
          f"{args.seconds:g} s counted; latencies in ms, p50 / p99 / p99.9"
          f"{''.join('; ' + flags for flags in args.load_flag)}\n")
    print("| events/s | delivered/s | received → client | sent → client | merged | lost "
          "| gateway CPU | bytes a message | load busy | held |")
    print("|---:|---:|---|---|---:|---:|---:|---:|---:|---|", flush=True)
    for rate in rates:
        measured = measure(args, rate)
        print(row(rate, *measured), flush=True)
        if measured[-1] and not args.all:
            break


if __name__ == "__main__":
    main()
