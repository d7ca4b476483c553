#!/usr/bin/env python3
"""Compares the gateway with programs that do the same work: a floor, plain Beast, ws on Node.

Every server in turn, alone on its core, feeds the same clients of the same ticker-load with the
same events. Rates double until a server no longer holds one: less than 98 % delivered, a hole,
something merged or lost, a client gone, latency that grows, or a p99 from 200 ms on. Servers
alternate at each rate, so that a slow hour of the machine hits all of them. With --freshness: how
old data is when it reaches a client that reads slower than it is offered. What the peers are:
bench/peers. Needs Python 3, taskset, and Node with tests/e2e's packages for ws.
"""

import argparse
import os
import subprocess
import sys

import figures
import run_load
from figures import held, median, ratio_text, ratios, table, told
from servers import Servers, run

RATES = [250 * 2 ** n for n in range(11)]  # to 256 000 events/s
P99_US_MAX = 200_000
SERVERS = ["gateway", "epoll", "beast", "ws"]
NAMES = {"gateway": "ticker-gateway", "epoll": "bare epoll (floor)", "beast": "plain Beast",
         "ws": "`ws` on Node"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build/release", help="folder of the executables")
    parser.add_argument("--servers", default=",".join(SERVERS), help="which, and in which order")
    parser.add_argument("--rates", help="events a second, separated by commas, rising")
    parser.add_argument("--at", type=int, default=100_000, metavar="DELIVERED",
                        help="delivered/s of the second table")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each; medians are told")
    parser.add_argument("--tries", type=int, default=2,
                        help="of a run that does not hold; the last one counts")
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--symbols-per-client", type=int, default=10)
    parser.add_argument("--symbols", type=int, default=100)
    parser.add_argument("--same-symbols", action="store_true")
    parser.add_argument("--seconds", type=float, default=5, help="counted, of each run")
    parser.add_argument("--warmup", type=float, default=2)
    parser.add_argument("--server-core", default="0", help="as for taskset -c")
    parser.add_argument("--load-core", default="1")
    run_load.add_load_flag(parser)
    fresh = parser.add_argument_group("freshness")
    fresh.add_argument("--freshness", action="store_true")
    fresh.add_argument("--offered", type=int, default=5_000_000, help="bytes/s for each client")
    fresh.add_argument("--read", default="1000000,100000", help="bytes/s that a slow client reads")
    fresh.add_argument("--slow-clients", type=int, default=5, help="beside one healthy one")
    fresh.add_argument("--receive-buffer", type=int, default=32_768,
                       help="SO_RCVBUF of slow clients, where ticker-load can set it")
    args = parser.parse_args()
    # As run_load names them.
    args.gateway_cores, args.shards, args.set, args.load_build = args.server_core, 1, [], None
    args.servers = args.servers.split(",")
    unknown = set(args.servers) - set(SERVERS)
    if unknown:
        parser.error(f"no such server: {', '.join(sorted(unknown))}")
    flags = run_load.further_flags(args)
    asked = [flag for flag in ("--fields", "--interval-ms") if figures.has_flag(flags, flag)]
    if args.servers != ["gateway"] and asked:
        parser.error(f"peers send all at once, whatever is asked: {' and '.join(asked)} need "
                     "--servers gateway")
    return args


def deliveries(args):
    return figures.deliveries(args.clients, args.symbols_per_client, args.symbols)


def rate_of(args, delivered):
    return round(delivered / deliveries(args))


def measure(args, servers, name, rate):
    """One run: figures, and why the rate does not hold (nothing if it does)."""
    result, cpu, grown, seen = run(args, servers.start(name, rate))
    flags = run_load.further_flags(args)
    reasons = figures.why_not_held(result, grown, run_load.wanted(args, rate, result), flags)
    of = figures.of_run(result, cpu, grown, flags)
    if of["p99"] >= P99_US_MAX:
        reasons.append(f"p99 {of['p99'] / 1000:.0f} ms")
    return {"rate": rate, "reasons": reasons, **of, **seen}


def try_to_hold(args, servers, name, rate, where):
    """One moment of somebody else's must not end a server's climb: each has further tries."""
    for _ in range(args.tries):
        run = measure(args, servers, name, rate)
        print(f"{name}, {rate:,} events/s, {where}: {figures.run_text(run)}", file=sys.stderr,
              flush=True)
        if not run["reasons"]:
            break
    return run


def climb(args, servers):
    """All runs, by server and rate. A server leaves when most of its runs at a rate did not hold,
    but for the rate of the second table, which all run."""
    rates = sorted(int(rate) for rate in args.rates.split(",")) if args.rates else RATES
    runs = {name: {} for name in args.servers}
    climbing = list(args.servers)
    for rate in rates:
        for number in range(args.rounds):
            for name in args.servers if rate == rate_of(args, args.at) else climbing:
                run = try_to_hold(args, servers, name, rate, f"round {number + 1}")
                runs[name].setdefault(rate, []).append(run)
        climbing = [name for name in climbing if held(runs[name][rate])]
        if not climbing and rate >= rate_of(args, args.at):
            break
    return runs


def cells(runs):
    """Cells that both tables have."""
    p50, p99 = (median(runs, key) / 1000 for key in ("p50", "p99"))
    doubt = " (!)" if any(run["doubt"] for run in runs) else ""
    cpu = median(runs, "cpu")
    return [f"{p50:.2f} / {p99:.2f}", told(median(runs, "cpu_us"), ".3f", " µs"),
            told(None if cpu is None else 100 * cpu, ".0f", " %"),
            f"{median(runs, 'bytes') / 1e6:,.1f} MB/s", f"{median(runs, 'frame'):.0f}",
            f"{100 * median(runs, 'load'):.0f} %{doubt}",
            f"{median(runs, 'others'):.2f}"]


COMMON = ["p50 / p99, ms", "CPU a message", "server CPU", "bytes", "bytes a message",
          "load busy", "others"]


def print_highest(runs):
    rows = []
    for name, by_rate in runs.items():
        bad = [rate for rate in by_rate if not held(by_rate[rate])]
        good = [rate for rate in by_rate if rate < min(bad, default=rate + 1)]
        end = "not reached"
        if bad:
            worst = next(run for run in by_rate[min(bad)] if run["reasons"])
            end = f"{min(bad):,}: {', '.join(worst['reasons'])}"
        if good:
            best = by_rate[max(good)]
            rows.append([NAMES[name], f"**{median(best, 'delivered'):,.0f}**", *cells(best), end])
        else:
            rows.append([NAMES[name], "none", *[""] * len(COMMON), end])
    print("Highest rate that held, and the first that did not, in events/s:\n")
    print(table(["server", "delivered/s", *COMMON, "not held"], rows))


def print_same_rate(args, runs):
    rate = rate_of(args, args.at)
    same = {name: by_rate[rate] for name, by_rate in runs.items() if rate in by_rate}
    if not same:
        return
    rows = []
    for name, at in same.items():
        verdict = "yes" if held(at) else "no"
        rows.append([NAMES[name], f"{median(at, 'delivered'):,.0f}", *cells(at), verdict])
    print(f"At {args.at:,} delivered/s:\n")
    print(table(["server", "delivered/s", *COMMON, "held"], rows))
    print_ratios(same)


def print_ratios(same):
    """The gateway beside the floor, run by run where both held: what both suffered from the machine
    falls out."""
    if not {"gateway", "epoll"} <= same.keys():
        return
    pairs = [pair for pair in zip(same["epoll"], same["gateway"])
             if not any(of["reasons"] for of in pair)]
    if not pairs:
        return
    texts = [f"{title} {ratio_text(ratios(pairs, key))}"
             for key, title in (("cpu_us", "CPU a message"), ("p50", "p50"), ("p99", "p99"))]
    print(f"Gateway ÷ floor there, median of {len(pairs)} pairs (lowest to highest): "
          f"{', '.join(texts)}.\n")


def compare(args, servers):
    runs = climb(args, servers)
    of = f"{args.symbols_per_client} of {args.symbols} symbols"
    same = ", the same for all" if args.same_symbols else ""
    print(f"{args.clients} clients, each {of}{same}; {args.rounds} run(s) of {args.seconds:g} s at "
          f"each rate{', medians' if args.rounds > 1 else ''}\n")
    print_highest(runs)
    print_same_rate(args, runs)


def slow_flags(args, read):
    """Flags of ticker-load, and whether it can make the receive buffer small."""
    flags = (f"--clients 1 --slow {args.slow_clients} --slow-bytes-per-second {read} "
             f"--symbols-per-client {args.symbols}")
    load = os.path.join(args.build, "ticker-load")
    usage = subprocess.run([load, "--help"], stdout=subprocess.PIPE, text=True).stdout
    small = "--slow-receive-buffer" in usage
    return flags + f" --slow-receive-buffer {args.receive_buffer}" * small, small


def measure_freshness(args, server):
    result, _, _, seen = run(args, server)
    slow = result["slow"]
    age = slow["recv_to_receipt_us"]
    halves = slow["recv_to_receipt_p50_halves_us"]
    return {"read": slow["bytes_per_s"] / slow["clients"], "p50": age["p50"], "p99": age["p99"],
            "max": age["max"], "first": halves[0], "second": halves[1],
            "gone": slow["clients"] - slow["stayed"], "holes": slow["holes"], **seen}


def freshness(args, servers):
    frame_bytes = 218  # of a delta while numbers are small; the offered rate need not be exact
    rate = round(args.offered / frame_bytes)
    common = args.load_flag
    for read in (int(read) for read in args.read.split(",")):
        flags, small = slow_flags(args, read)
        args.load_flag = common + [flags]
        runs = {name: [] for name in args.servers}
        for _ in range(args.rounds):
            for name in args.servers:
                runs[name].append(measure_freshness(args, servers.start(name, rate)))
        buffer = (f"SO_RCVBUF {args.receive_buffer}" if small else
                  "the system's own receive buffer: this ticker-load cannot make it smaller")
        print(f"{args.slow_clients} clients that read {read / 1e6:g} MB/s and are offered "
              f"{args.offered / 1e6:g} MB/s ({rate:,} events/s, all {args.symbols} symbols), "
              f"{buffer}; {args.rounds} run(s) of {args.seconds:g} s:\n")
        rows = []
        for name, of in runs.items():
            ages = " / ".join(f"{median(of, key) / 1000:,.0f}" for key in ("p50", "p99", "max"))
            halves = " → ".join(f"{median(of, key) / 1000:,.0f}" for key in ("first", "second"))
            rows.append([NAMES[name], ages, halves, f"{median(of, 'read') / 1e6:.2f} MB/s",
                         f"{median(of, 'peak') / 2 ** 20:,.0f} MiB", f"{median(of, 'gone'):.0f}",
                         f"{median(of, 'holes'):.0f}", f"{median(of, 'others'):.2f}"])
        print(table(["server", "age, ms: p50 / p99 / max", "p50 by halves", "read by each",
                     "server's peak memory", "cut off", "holes", "others"], rows))


def main():
    args = arguments()
    servers = Servers(args)
    print(f"load average before: {os.getloadavg()[0]:.2f}\n", flush=True)
    (freshness if args.freshness else compare)(args, servers)
    print(f"load average after: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
