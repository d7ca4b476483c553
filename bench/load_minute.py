#!/usr/bin/env python3
"""A minute of load against a gateway of its own: what `make load` runs.

Starts the gateway with the simulated feed on free ports, lets ticker-load run a scenario with slow
and stopped clients beside fast ones, prints its table, writes its report, stops the gateway. Flags
that it does not know go to ticker-load and take the place of the defaults here. The exit code is
ticker-load's. Needs nothing but Python 3.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading

CONFIG = """\
shards = {shards}
log_level = "warn"
[feeds.simulated]
symbols = {symbols}
rate = {rate}
[limits]
# Stopped clients stay to the end (they answer no ping either), so that every frame can be
# accounted for.
write_timeout_ms = {patience_ms}
idle_timeout_ms = {patience_ms}
"""
DEFAULTS = {
    "--scenario": "slow",
    "--clients": "500",
    "--channel": "both",
    "--slow-bytes-per-second": "10000",
    "--slow-receive-buffer": "32768",
    "--stopped-share": "0.02",
    "--warmup": "3",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("--build", default="build/release", help="folder of the executables")
    parser.add_argument("--report", default="build/load.html")
    seconds = float(os.environ.get("LOAD_SECONDS") or 60)
    parser.add_argument("--seconds", type=float, default=seconds)
    parser.add_argument("--symbols", type=int, default=100, help="instruments of the feed")
    parser.add_argument("--rate", type=int, default=2_000, help="events a second of the feed")
    parser.add_argument("--shards", type=int, default=1)
    return parser.parse_known_args()


def pinned(cores, command):
    """On two cores or more, each side has its own: else the scheduler is what is measured."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        return command
    chosen = usable[:-1] if cores == "gateway" else usable[-1:]
    return ["taskset", "-c", ",".join(map(str, chosen))] + command


def start_gateway(args, config_path):
    """The process and its two addresses."""
    gateway = subprocess.Popen(
        pinned("gateway", [os.path.join(args.build, "ticker-gateway"), "--config", config_path,
                           "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]),
        stdout=subprocess.PIPE, text=True)
    for line in gateway.stdout:
        found = re.search(r"listening client=(\S+) admin=(\S+)", line)
        if found:
            # Whatever it says later must not fill the pipe.
            threading.Thread(target=gateway.stdout.read, daemon=True).start()
            return gateway, found.group(1), found.group(2)
    sys.exit(f"the gateway ended with code {gateway.wait()} before it listened")


def stop(gateway):
    gateway.terminate()
    try:
        gateway.wait(10)
    except subprocess.TimeoutExpired:
        gateway.kill()
        gateway.wait()


def load_command(args, further, client, admin, pid):
    given = {flag.split("=")[0] for flag in further}
    if "--scenario" in given:
        given.add("--stopped-share")  # what another scenario does not have is not added to it
    command = [os.path.join(args.build, "ticker-load"), "--url", f"ws://{client}/v1/ws",
               "--admin", f"http://{admin}", "--pid", str(pid), "--seconds", str(args.seconds),
               "--report", args.report]
    for flag, value in DEFAULTS.items():
        if flag not in given:
            command += [flag, value]
    return command + further


def main():
    args, further = arguments()
    os.makedirs(os.path.dirname(args.report) or ".", exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        patience_ms = min(int(1_000 * args.seconds) + 300_000, 3_600_000)  # an hour is the most
        config.write(CONFIG.format(patience_ms=patience_ms, **vars(args)))
        config.flush()
        gateway, client, admin = start_gateway(args, config.name)
        try:
            command = load_command(args, further, client, admin, gateway.pid)
            code = subprocess.run(pinned("load", command)).returncode
        except KeyboardInterrupt:
            code = 130
        finally:
            stop(gateway)
    if code in (0, 2, 3):
        print(f"report: {args.report}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
