#!/usr/bin/env python3
"""How the gateway's cost grows with its work: clients, symbols, deliveries a second, shards.

Along each axis the others stay at a middle value, and so do the deliveries a second where they are
not the axis; each client takes 10 symbols. Rounds go through all points, so that a slow minute of
the machine is not one point's. Prints a table for each axis and draws them (--plot), which needs
python3-matplotlib; the rest needs nothing but Python 3 and taskset.
"""

import argparse
import json
import sys

import figures
import run_load
from figures import median, table, told
from servers import Servers, run

# With 10 000 clients a message costs 10 µs and more: 50 000 a second leave the core some room.
MIDDLE = {"clients": 1_000, "symbols": 100, "rate": 50_000, "shards": 1}
AXES = {
    "clients": [100, 300, 1_000, 3_000, 10_000],
    "symbols": [10, 100, 1_000, 10_000],
    "rate": [10_000, 50_000, 100_000, 500_000, 1_000_000, 4_000_000],
    "shards": [1, 2],
}
TITLES = {"clients": "clients", "symbols": "symbols of the feed", "rate": "deliveries/s asked",
          "shards": "shards, on shared cores"}
NOTES = {"shards": "Gateway and load client share both cores in both rows, so that a second shard "
                   "has a core to use; it takes it from the load client. Not to be compared with "
                   "the other tables."}
SYMBOLS_EACH = 10
CONNECT_RATE = 500  # a second: 10 000 at once would be the work that is measured


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build/release", help="folder of the executables")
    parser.add_argument("--axis", action="append", metavar="NAME[=VALUES]", dest="axes",
                        help=f"only this one, of {', '.join(AXES)}; values separated by commas")
    parser.add_argument("--middle", action="append", default=[], metavar="NAME=VALUE",
                        help="what an axis stays at while another grows, e.g. rate=100000")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each point")
    parser.add_argument("--seconds", type=float, default=5, help="counted, of each run")
    parser.add_argument("--warmup", type=float, default=3)
    parser.add_argument("--gateway-core", default="0", help="as for taskset -c")
    parser.add_argument("--load-core", default="1")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="further config of the gateway")
    run_load.add_load_flag(parser)
    parser.add_argument("--json", metavar="FILE", help="where to keep the figures")
    parser.add_argument("--plot", metavar="FILE", help="SVG to draw")
    parser.add_argument("--plot-from", metavar="FILE", help="measure nothing: take kept figures")
    args = parser.parse_args()
    try:
        args.axes = chosen(args.axes or AXES)
        others = {axis: values[0] for axis, values in chosen(args.middle).items()}
        args.middle = {**MIDDLE, **others}
    except ValueError as mistake:
        parser.error(str(mistake))
    return args


def chosen(texts):
    """Values by axis; the usual ones where none are given."""
    axes = {}
    for text in texts:
        name, _, values = text.partition("=")
        if name not in AXES:
            raise ValueError(f"no such axis: {name}")
        axes[name] = [int(value) for value in values.split(",")] if values else AXES[name]
    return axes


def setting(middle, axis, value):
    """What a point runs with; equal ones are one point of several axes."""
    at = {**middle, axis: value}
    events = at["rate"] / figures.deliveries(at["clients"], SYMBOLS_EACH, at["symbols"])
    return (at["clients"], at["symbols"], max(round(events), 1), at["shards"], axis == "shards")


def run_args(args, of):
    """As run_load names them."""
    clients, symbols, _, shards, shared = of
    cores = f"{args.gateway_core},{args.load_core}"
    flags = [f"--connect-rate {CONNECT_RATE}", *args.load_flag]
    if figures.has_flag(run_load.further_flags(args), "--connect-rate"):
        flags = args.load_flag
    return argparse.Namespace(
        build=args.build, load_build=None, clients=clients, symbols=symbols, shards=shards,
        symbols_per_client=SYMBOLS_EACH, same_symbols=False, set=args.set,
        load_flag=flags, seconds=args.seconds, warmup=args.warmup,
        gateway_cores=cores if shared else args.gateway_core,
        load_core=cores if shared else args.load_core)


def measure(args, of):
    now = run_args(args, of)
    result, cpu, grown, seen = run(now, Servers(now).start("gateway", of[2]))
    return {**figures.of_run(result, cpu, grown, run_load.further_flags(now)), **seen,
            "reasons": result["reasons"]}


def measure_all(args):
    """What `--json` keeps: for each axis its points, and all runs of each."""
    settings = {(axis, value): setting(args.middle, axis, value)
                for axis, values in args.axes.items() for value in values}
    runs = {of: [] for of in settings.values()}
    for number in range(args.rounds):
        for of in runs:
            got = measure(args, of)
            runs[of].append(got)
            print(f"round {number + 1}, {of[0]} clients, {of[1]} symbols, {of[2]:,} events/s, "
                  f"{of[3]} shard(s): {figures.run_text(got, 'well')}", file=sys.stderr, flush=True)
    return {"seconds": args.seconds, "rounds": args.rounds, "middle": args.middle, "axes": {
        axis: [{"value": value, "events": settings[axis, value][2],
                "runs": runs[settings[axis, value]]} for value in values]
        for axis, values in args.axes.items()}}


def remark(runs):
    """What else went wrong: with clients that never came, the figures are of less work."""
    return ", ".join(dict.fromkeys(reason for of in runs for reason in of["reasons"]))


def row(point):
    runs = point["runs"]
    p50, p99 = median(runs, "p50") / 1000, median(runs, "p99") / 1000
    doubt = " (!)" if any(of["doubt"] for of in runs) else ""
    return [f"{point['value']:,}", f"{point['events']:,}", f"{median(runs, 'delivered'):,.0f}",
            told(median(runs, "cpu_us"), ".3f"), f"{p50:.2f}", f"{p99:.2f}",
            f"{100 * median(runs, 'load'):.0f} %{doubt}",
            f"{median(runs, 'merged'):,.0f} / {median(runs, 'lost'):,.0f}",
            f"{median(runs, 'others'):.2f}", remark(runs)]


def tables(kept):
    texts = []
    for axis, points in kept["axes"].items():
        head = [TITLES[axis], "events/s", "delivered/s", "CPU a message, µs", "p50, ms", "p99, ms",
                "load busy", "merged / lost", "others", "remarks"]
        note = NOTES[axis] + "\n\n" if axis in NOTES else ""
        texts.append(note + table(head, [row(point) for point in points]))
    return "\n".join(texts)


def plotter():
    """Found missing before anything is measured rather than after."""
    try:
        import sweep_plot
    except ImportError as missing:
        sys.exit(f"--plot needs python3-matplotlib (tests/deps.sh sweep): {missing}")
    return sweep_plot.draw


def main():
    args = arguments()
    draw = plotter() if args.plot else None
    if args.plot_from:
        with open(args.plot_from) as file:
            kept = json.load(file)
    else:
        kept = measure_all(args)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(kept, file, indent=1)
            file.write("\n")
    middle = ", ".join(f"{axis} {value:,}" for axis, value in kept["middle"].items())
    print(f"Medians of {kept['rounds']} run(s) of {kept['seconds']:g} s; {SYMBOLS_EACH} symbols a "
          f"client; what is not the axis: {middle}\n")
    print(tables(kept))
    if draw:
        draw(kept["axes"], TITLES, args.plot)


if __name__ == "__main__":
    main()
