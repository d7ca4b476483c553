#!/usr/bin/env python3
"""Fuzzes: `run.py <folder> [target…]`, usually build/fuzz; every target that was built by default.

Each target runs for FUZZ_SECONDS (60), JOBS (1) of them side by side. It starts from its seeds
(seeds.py), the corpus of this folder and what earlier runs kept in <folder>/corpus/<target>/. The
first finding ends the run: its input lies in <folder>/findings/, and the exit code is 1.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLAGS = ["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048", "-max_len=16384"]


def options():
    """Sanitizers find the symbolizer under the name that Debian gives it."""
    environment = dict(os.environ)
    symbolizer = "/usr/bin/llvm-symbolizer-19"
    if os.path.exists(symbolizer):
        environment.setdefault("ASAN_SYMBOLIZER_PATH", symbolizer)
        environment.setdefault("UBSAN_OPTIONS", f"external_symbolizer_path={symbolizer}")
    return environment


class Run:
    """One target at work."""

    def __init__(self, folder, target, seconds):
        self.target = target
        self.began = time.monotonic()
        self.log = folder / "logs" / f"{target}.log"
        self.findings = folder / "findings" / target
        self.corpus = folder / "corpus" / target
        for path in (self.log.parent, self.findings, self.corpus):
            path.mkdir(parents=True, exist_ok=True)
        given = [folder / "seeds" / target, HERE / "corpus" / target]
        if target.startswith("adapter_"):
            given.append(HERE / "corpus" / "adapter")
        words = folder / "dicts" / target
        dictionary = [f"-dict={words}"] if words.exists() else []
        command = [folder / f"fuzz_{target}", f"-max_total_time={seconds}",
                   *dictionary, f"-artifact_prefix={self.findings}/",
                   *FLAGS, self.corpus, *(path for path in given if path.is_dir())]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([str(part) for part in command], env=options(),
                                            stdout=log, stderr=subprocess.STDOUT)

    def summary(self):
        text = self.log.read_text(errors="replace")

        def last(pattern):
            found = re.findall(pattern, text)
            return found[-1] if found else "?"

        seconds = time.monotonic() - self.began
        executions = last(r"number_of_executed_units: *(\d+)")
        coverage = last(r"cov: (\d+)")
        inputs = len(list(self.corpus.iterdir()))
        return (f"{self.target:20} {seconds:5.0f} s  executions {executions:>10}"
                f"  coverage {coverage:>6}  corpus {inputs:>6}")

    def tell_finding(self):
        lines = self.log.read_text(errors="replace").splitlines()
        begin = next((i for i, line in enumerate(lines)
                      if re.search(r"broken promise|ERROR:|runtime error", line)), len(lines) - 40)
        print("\n".join(lines[max(begin, 0):][:60]))
        print(f"\n{self.target}: a finding; all of it in {self.log}, its input in {self.findings}/")
        print("tests/fuzz/README.md tells how to run it again and where to keep it.")


def fuzz(folder, targets, seconds, jobs):
    waiting, running = list(targets), []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(Run(folder, waiting.pop(0), seconds))
            time.sleep(0.2)
            for run in [run for run in running if run.process.poll() is not None]:
                running.remove(run)
                print(run.summary(), flush=True)
                if run.process.returncode != 0:
                    run.tell_finding()
                    return 1
        return 0
    finally:
        for run in running:
            run.process.terminate()
            run.process.wait()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1]).resolve()
    built = sorted(path.name.removeprefix("fuzz_") for path in folder.glob("fuzz_*")
                   if os.access(path, os.X_OK))
    targets = sys.argv[2:] or built
    unknown = [target for target in targets if target not in built]
    if unknown or not targets:
        sys.exit(f"no such target: {' '.join(unknown)}; built: {' '.join(built) or 'none'}")
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    try:
        sys.exit(fuzz(folder, targets, seconds, int(os.environ.get("JOBS", "1"))))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
