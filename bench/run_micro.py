#!/usr/bin/env python3
"""Runs every micro-bench of a build and prints one table.

Each *_bench runs alone, several times over; a figure is the median of its repetitions, the range
behind it is from the lowest to the highest one. Times are CPU times, but those of benches with two
threads (their names end in /real_time), which are real ones. Needs nothing but Python 3.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build/release", help="folder of the executables")
    parser.add_argument("--only", default=".", metavar="REGEX",
                        help="benches whose name matches, e.g. 'FanOut.*:20'")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="at least, of one repetition")
    parser.add_argument("--markdown", action="store_true", help="rows as in RESULTS.md")
    return parser.parse_args()


def run(args, executable):
    """The repetitions of each bench of one executable, by name, in the order of the source."""
    command = [executable, "--benchmark_format=json", f"--benchmark_filter={args.only}",
               f"--benchmark_repetitions={args.repetitions}",
               f"--benchmark_min_time={args.seconds}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{executable.name} ended with code {done.returncode}\n{done.stderr}")
    benches = {}
    if not done.stdout.strip():
        return benches  # nothing matches
    for entry in json.loads(done.stdout)["benchmarks"]:
        if entry.get("error_occurred"):
            sys.exit(f"{executable.name} {entry['name']}: {entry['error_message']}")
        if entry["run_type"] == "iteration":
            benches.setdefault(entry["run_name"], []).append(entry)
    return benches


NS_PER = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
KNOWN = {"name", "family_index", "per_family_instance_index", "run_name", "run_type",
         "repetitions", "repetition_index", "threads", "iterations", "real_time", "cpu_time",
         "time_unit", "label", "error_occurred", "error_message"}


def digits(value):
    """Three significant digits, thousands apart: more is noise."""
    if value == 0:
        return "0"
    if abs(value) >= 1_000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def rate(value):
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= unit:
            return digits(value / unit) + name
    return digits(value)


def counter(name, value):
    """`read/s` 3.1e7 → 31 M read/s; `delivery_ns` 8.06 → delivery 8.06 ns."""
    name = name.replace("_per_second", "/s")
    if name.endswith("/s"):
        return f"{rate(value)} {name}"
    for ending, unit in (("_ns", " ns"), ("_percent", " %"), ("_bytes", " bytes")):
        if name.endswith(ending):
            return f"{name.removesuffix(ending).replace('_', ' ')} {digits(value)}{unit}"
    return f"{name} {digits(value)}"


def cells(group, name, repetitions):
    kind = "real_time" if name.endswith("/real_time") else "cpu_time"
    times = [entry[kind] * NS_PER[entry["time_unit"]] for entry in repetitions]
    median = statistics.median(times)
    counters = [counter(key, statistics.median(entry[key] for entry in repetitions))
                for key in repetitions[0] if key not in KNOWN]
    return [f"{group} {name.removesuffix('/real_time').replace('/', ' ')}", digits(median),
            f"{digits(min(times))}–{digits(max(times))}", rate(1e9 / median), ", ".join(counters)]


HEAD = ["bench", "ns an op", "range", "ops/s", "also"]


def print_markdown(rows):
    print("| " + " | ".join(HEAD) + " |\n|---|---:|---:|---:|---|")
    for row in rows:
        print("| " + " | ".join([f"`{row[0]}`"] + row[1:]) + " |")


def print_text(rows):
    widths = [max(len(row[i]) for row in [HEAD] + rows) for i in range(len(HEAD))]
    for row in [HEAD] + rows:
        aligned = [row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in (1, 2, 3)]
        print("  ".join(aligned + [row[4]]).rstrip())


def main():
    args = arguments()
    executables = sorted(pathlib.Path(args.build).resolve().glob("*_bench"))
    if not executables:
        sys.exit(f"no *_bench in {args.build}: build first, with Google Benchmark installed")
    rows = []
    for number, executable in enumerate(executables, 1):
        if sys.stderr.isatty():
            print(f"{number} of {len(executables)}: {executable.name}", file=sys.stderr)
        group = executable.name.removesuffix("_bench")
        rows += [cells(group, name, entries) for name, entries in run(args, executable).items()]
    (print_markdown if args.markdown else print_text)(rows)


if __name__ == "__main__":
    main()
