#!/usr/bin/env python3
"""Makes what a fuzzer starts from: `seeds.py <folder>`, usually build/fuzz.

<folder>/seeds/<target>/   a file an input: the frames of feeds/<venue>/captures/*.ndjson for
                           adapter_<venue>, the numbers in them for decimal
<folder>/dicts/<target>    a dictionary: json.dict, the target's own *.dict, and what its captures
                           use as keys and short words

Requests of clients are not captured: that target starts from its corpus.
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FEEDS = HERE.parent.parent / "feeds"
NUMBER = re.compile(r'(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])')
WORDS_MAX = 250  # of a dictionary; more would only dilute it
WORD_BYTES_MAX = 24
NUMBERS_MAX = 400
PAIRS_MAX = 100


def frames(captures):
    """Wire texts: what stands between `"msg":` and the line's last brace (feeds/README.md)."""
    for capture in sorted(captures.glob("*.ndjson")):
        for line in capture.read_text(encoding="utf-8").splitlines():
            head, found, rest = line.rstrip().partition('"msg":')
            if found and rest.endswith("}"):
                yield rest[:-1].strip()


def write_seeds(folder, texts):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for text in texts:
        data = text.encode()
        (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


def words(value):
    """Keys and texts of a JSON value, as they would stand in JSON; no numbers."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield json.dumps(key, ensure_ascii=False) + ":"
            yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)
    elif isinstance(value, str) and not NUMBER.fullmatch(value):
        yield json.dumps(value, ensure_ascii=False)


def entry(word):
    """A line of a libFuzzer dictionary."""
    return '"' + "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\x{byte:02x}"
        for byte in word.encode()) + '"'


def write_dict(folder, target, texts=()):
    """The commonest words of `texts` follow the dictionaries that people wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for text in texts:
        try:
            value = json.loads(text)
        except ValueError:
            continue
        for word in words(value):
            if len(word.encode()) <= WORD_BYTES_MAX:
                counts[word] = counts.get(word, 0) + 1
    found = sorted(counts, key=lambda word: (-counts[word], word))[:WORDS_MAX]
    parts = [] if target == "decimal" else [(HERE / "json.dict").read_text()]
    own = HERE / f"{target}.dict"
    if own.exists():
        parts.append(own.read_text())
    parts.append("".join(entry(word) + "\n" for word in found))
    (folder / target).write_text("\n".join(parts))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    numbers = {}
    for captures in sorted(FEEDS.glob("*/captures")):
        target = "adapter_" + captures.parent.name
        texts = list(dict.fromkeys(frames(captures)))
        if not texts:
            sys.exit(f"{captures}: no frames")
        # And one after another, a line each, the first before the last.
        pairs = [f"{a}\n{b}" for a, b in zip(texts, reversed(texts))]
        write_seeds(out / "seeds" / target, texts + pairs[::max(1, len(pairs) // PAIRS_MAX)])
        write_dict(out / "dicts", target, texts)
        for text in texts:
            numbers.update(dict.fromkeys(NUMBER.findall(text)))
    # Two a seed, from all over: the target compares them.
    chosen = list(numbers)[::max(1, len(numbers) // NUMBERS_MAX)]
    write_seeds(out / "seeds" / "decimal",
                [f"{a}\n{b}" for a, b in zip(chosen, chosen[1:] + chosen[:1])])
    write_dict(out / "dicts", "decimal")
    write_dict(out / "dicts", "request")


if __name__ == "__main__":
    main()
