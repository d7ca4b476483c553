#!/usr/bin/env python3
"""Compares two variants of a run against the gateway in alternation: A B, B A, A B, ...

A variant differs from the common flags by further flags of ticker-load, by config of the gateway,
or by the build of the gateway; the same ticker-load measures both. Tells the medians of each and,
pair by pair, B by A: what both suffered from the machine falls out of a ratio. Figures are those
of fast clients; slow and stopped ones may be cut off, which fails no run. Example: what slow
clients cost the others,

    bench/pairs.py --b-load '--slow 100 --stopped 100 --slow-bytes-per-second 10000'

Needs nothing but Python 3 and taskset.
"""

import argparse
import sys

import figures
import run_load
from figures import median, ratio_text, ratios, table, told
from servers import Servers, run

# Key, title, unit's divisor, format.
ROWS = [
    ("delivered", "delivered/s", 1, ",.0f"),
    ("bytes", "bytes/s", 1, ",.0f"),
    ("frame", "bytes a message", 1, ".0f"),
    ("p50", "recv→receipt p50, ms", 1_000, ".2f"),
    ("p99", "recv→receipt p99, ms", 1_000, ".2f"),
    ("cpu_us", "CPU a message, µs", 1, ".3f"),
    ("peak", "server's peak memory, MiB", 2 ** 20, ",.1f"),
    ("merged", "merged", 1, ",.0f"),
    ("lost", "lost", 1, ",.0f"),
    ("load", "load busy, %", 0.01, ".0f"),
    ("others", "others, cores", 1, ".2f"),
]
NO_RATIO = {"load", "others"}  # they tell of the measurement


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    run_load.add_common(parser)
    parser.add_argument("--rate", type=int, default=1_000, help="events a second")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs")
    for name in ("a", "b"):
        group = parser.add_argument_group(f"variant {name.upper()}")
        group.add_argument(f"--{name}-load", default="", metavar="FLAGS",
                           help="its further flags of ticker-load")
        group.add_argument(f"--{name}-set", action="append", default=[], metavar="KEY=VALUE",
                           help="its further config of the gateway")
        group.add_argument(f"--{name}-build", help="folder of its gateway")
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error("--rounds must be 1 at least")
    return args


def variant(args, name):
    """The arguments of one variant's runs."""
    own = {what: getattr(args, f"{name}_{what}") for what in ("load", "set", "build")}
    return argparse.Namespace(**{
        **vars(args), "build": own["build"] or args.build,
        "load_build": args.load_build or args.build, "set": args.set + own["set"],
        "load_flag": args.load_flag + [own["load"]]})


def order(rounds):
    """Who runs when, by rounds: neither is always the first."""
    return ["ab" if number % 2 == 0 else "ba" for number in range(rounds)]


def measure(args, servers):
    result, cpu, grown, seen = run(args, servers.start("gateway", args.rate))
    flags = run_load.further_flags(args)
    wanted = run_load.wanted(args, args.rate, result)
    return {"reasons": figures.why_not_held(result, grown, wanted, flags),
            **figures.of_run(result, cpu, grown, flags), **seen}


def rows(runs):
    """Cells of the table; `runs` are those of A and of B, in the order of the pairs."""
    pairs = list(zip(runs["a"], runs["b"]))
    out = []
    for key, title, unit, form in ROWS:
        medians = [median(runs[name], key) for name in "ab"]
        cells = [told(None if value is None else value / unit, form) for value in medians]
        both = ratios(pairs, key) if key not in NO_RATIO else []
        out.append([title, *cells, ratio_text(both) if both else ""])
    return out


def verdict(runs):
    """How many held, why others did not, and how many times the load client doubts itself."""
    bad = [", ".join(of["reasons"]) for of in runs if of["reasons"]]
    doubt = sum(of["doubt"] for of in runs)
    return (f"{len(runs) - len(bad)} of {len(runs)} held{''.join(f' ({why})' for why in bad)}"
            + f"; in {doubt} the load client doubts itself" * (doubt > 0))


def main():
    args = arguments()
    variants = {name: variant(args, name) for name in "ab"}
    servers = {name: Servers(of) for name, of in variants.items()}
    runs = {"a": [], "b": []}
    for number, names in enumerate(order(args.rounds)):
        for name in names:
            of = measure(variants[name], servers[name])
            runs[name].append(of)
            print(f"round {number + 1}, {name.upper()}: {figures.run_text(of)}", file=sys.stderr,
                  flush=True)
    print(f"{args.clients} clients, each {args.symbols_per_client} of {args.symbols} symbols"
          f"{', the same for all' if args.same_symbols else ''}, {args.rate:,} events/s; "
          f"{args.rounds} pairs of {args.seconds:g} s\n")
    for name in "ab":
        own = [getattr(args, f"{name}_load"), *getattr(args, f"{name}_set"),
               getattr(args, f"{name}_build")]
        print(f"- {name.upper()}: {' '.join(filter(None, own)) or 'nothing further'}; "
              f"{verdict(runs[name])}")
    print()
    print(table(["figure, medians", "A", "B", "B ÷ A (lowest to highest)"], rows(runs)))


if __name__ == "__main__":
    main()
