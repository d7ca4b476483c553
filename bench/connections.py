#!/usr/bin/env python3
"""What connections cost that hardly hear anything: memory and CPU of each, and how fast they come.

Gateways that share one port (--processes) on one core, and on another a ticker-load for each, whose
clients subscribe to one symbol and stay. The feed says --rate events a second. Tells for each
process the connections that it held, its resident memory before and with them, its CPU meanwhile,
and how long it took until all had subscribed. Needs nothing but Python 3 and taskset, and as many
descriptors a process as it shall hold clients.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import run_load
from figures import table, told

SOURCES = 2  # addresses of each ticker-load
LOOK_S = 0.5  # between looks at how many are there


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build/release", help="folder of the executables")
    parser.add_argument("--clients", type=int, default=10_000, help="for each process")
    parser.add_argument("--processes", type=int, default=1, help="gateways that share the port")
    parser.add_argument("--connect-rate", type=int, default=4_000, help="a second, by each load")
    parser.add_argument("--symbols-per-client", type=int, default=1)
    parser.add_argument("--symbols", type=int, default=100)
    parser.add_argument("--rate", type=int, default=1, help="events a second")
    parser.add_argument("--seconds", type=float, default=10, help="for which they are held")
    parser.add_argument("--gateway-cores", default="0", help="as for taskset -c")
    parser.add_argument("--load-core", default="1")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="further config of the gateway")
    return parser.parse_args()


def resident_bytes(process):
    with open(f"/proc/{process.pid}/status") as status:
        return 1024 * int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))


def connections_of(gateway):
    with urllib.request.urlopen(f"http://{gateway.admin}/metrics", timeout=5) as response:
        text = response.read().decode()
    return int(sum(float(value) for value in
                   re.findall(r"^ticker_connections(?:\{[^}]*\})? (\S+)", text, re.M)))


def start_load(args, gateway, number):
    """Each from addresses of its own. One has some 28 000 ports, and when half of them are taken
    the kernel searches so long for another that it is what is measured."""
    first = 2 + number * SOURCES
    sources = f"127.0.0.{first}-127.0.0.{first + SOURCES - 1}"
    command = ["taskset", "-c", args.load_core, os.path.join(args.build, "ticker-load"),
               "--url", f"ws://{gateway.client}/v1/ws", "--json",
               "--clients", str(args.clients), "--connect-rate", str(args.connect_rate),
               "--symbols-per-client", str(args.symbols_per_client),
               "--seconds", str(args.seconds), "--warmup", "2",
               "--sources", sources, "--pid", str(gateway.process.pid)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def held_connections(gateways, wanted, loads):
    """What each gateway holds when all are there; unknown when a load ends before that."""
    while all(load.poll() is None for load in loads):
        time.sleep(LOOK_S)
        held = [connections_of(gateway) for gateway in gateways]
        if sum(held) >= wanted:
            return held
    return [None for _ in gateways]


def outcomes_of(loads):
    """ticker-load's JSON of each."""
    texts = [load.communicate()[0] for load in loads]
    for load in loads:
        if load.returncode not in (0, 2):
            sys.exit(f"ticker-load ended with code {load.returncode}")
    return [json.loads(text) for text in texts]


def measure(args, gateways):
    before = [resident_bytes(gateway.process) for gateway in gateways]
    loads = [start_load(args, gateway, i) for i, gateway in enumerate(gateways)]
    try:
        held = held_connections(gateways, args.processes * args.clients, loads)
        return list(zip(before, held, outcomes_of(loads)))
    finally:
        for load in loads:
            load.kill()


def row(number, before, held, result):
    counted = [second for second in result["series"] if second["counted"]]
    after = max(second["server_rss_bytes"] for second in counted)
    each = (after - before) / held if held else None
    return [str(number + 1), told(held, ",d"), f"{before / 2 ** 20:.1f} MiB",
            f"{after / 2 ** 20:.1f} MiB", told(each, ",.0f"),
            f"{100 * result['server_cpu_share']:.1f} %",
            f"{result['subscribed']:,} of {result['clients']:,}",
            told(result["subscribed_s"], ".2f", " s"), f"{result['stayed']:,}"]


def main():
    args = arguments()
    args.set = args.set + ["share_port=true"]
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(run_load.config_text(args, args.rate))
        config.flush()
        gateways = []
        for _ in range(args.processes):
            listen = gateways[0].client if gateways else "127.0.0.1:0"
            gateways.append(run_load.Gateway(args, config.name, listen))
        try:
            measured = measure(args, gateways)
        finally:
            for gateway in gateways:
                gateway.stop()
    print(f"{args.processes} process(es), {args.clients:,} clients each from {args.connect_rate:,} "
          f"connects a second, {args.symbols_per_client} symbol(s) each, {args.rate:,} events/s\n")
    head = ["process", "connections", "memory before", "with them", "bytes a connection", "CPU",
            "subscribed", "all subscribed after", "stayed"]
    print(table(head, [row(i, *of) for i, of in enumerate(measured)]))
    for reason in (reason for *_, result in measured for reason in result["reasons"]):
        print(reason)


if __name__ == "__main__":
    main()
