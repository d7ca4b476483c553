#!/usr/bin/env python3
"""Turns recorded messages of Kraken's WebSocket v1 into the v2 form of the same messages.

usage: derive.py V1_DIR BOOK_V2 OUT_DIR

V1_DIR holds ticker, trade, heartbeat and status.ndjson as recorded at wss://ws.kraken.com; BOOK_V2
is a file of books in v2 form. Writes ticker, trade, heartbeat, status and book.ndjson. Digits are
carried over as text, never computed, but for change and change_pct. SOURCE.md says what is
recorded, what is derived and what is invented.
"""

import json
import sys
import zlib
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

ENDPOINT = "wss://ws.kraken.com/v2"
BOOK_SYMBOL = "XMR/USD"  # the liveliest
BOOK_DEPTH = 10  # as subscribed to; recorded were 1 000
HEARTBEATS = slice(31, 61)  # of the connection that has the trades; its file follows another's 31
ASSETS = {"XBT": "BTC"}
SIDES = {"b": "buy", "s": "sell"}
ORDER_TYPES = {"l": "limit", "m": "market"}


class Number(str):
    """A JSON number by its digits."""


def text(value):
    """JSON without white space; a Number as its digits."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(v) for v in value) + "]"
    return json.dumps(value)


def read(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line, parse_float=Number, parse_int=Number)


def write(path, frames):
    with open(path, "w", encoding="utf-8") as file:
        for ts, frame in frames:
            file.write(f'{{"ts":{ts},"dir":"recv","conn":"{ENDPOINT}","msg":{text(frame)}}}\n')


def symbol_of(pair):
    return "/".join(ASSETS.get(asset, asset) for asset in pair.split("/"))


def timestamp(seconds):
    """RFC 3339 with microseconds, from unix seconds in decimal."""
    us = int((Decimal(seconds) * 1_000_000).to_integral_value())
    time = datetime.fromtimestamp(us // 1_000_000, timezone.utc)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{us % 1_000_000:06}Z"


# v1, «ticker»: a, b: price, whole lots, lots; c: price, lots; v, p, l, h, o: today, last 24 hours.
def tickers(lines):
    seen = set()
    for line in lines:
        _, v1, _, pair = line["msg"]
        last, opened = Decimal(v1["c"][0]), Decimal(v1["o"][1])
        change = last - opened
        row = {
            "symbol": symbol_of(pair),
            "bid": Number(v1["b"][0]),
            "bid_qty": Number(v1["b"][2]),
            "ask": Number(v1["a"][0]),
            "ask_qty": Number(v1["a"][2]),
            "last": Number(v1["c"][0]),
            "volume": Number(v1["v"][1]),
            "vwap": Number(v1["p"][1]),
            "low": Number(v1["l"][1]),
            "high": Number(v1["h"][1]),
            "change": Number(f"{change:f}"),
            "change_pct": Number(f"{change / opened * 100:.2f}"),
            "timestamp": timestamp(line["ts"]),
        }
        kind = "update" if pair in seen else "snapshot"
        seen.add(pair)
        yield line["ts"], {"channel": "ticker", "type": kind, "data": [row]}


# v1, «trade»: price, volume, time, side, order type, miscellaneous.
def trades(lines):
    ids = {}
    for line in lines:
        _, rows, _, pair = line["msg"]
        data = []
        for price, qty, time, side, order_type, _ in rows:
            ids[pair] = ids.get(pair, 0) + 1
            data.append({
                "symbol": symbol_of(pair),
                "side": SIDES[side],
                "price": Number(price),
                "qty": Number(qty),
                "ord_type": ORDER_TYPES[order_type],
                "trade_id": ids[pair],
                "timestamp": timestamp(time),
            })
        yield line["ts"], {"channel": "trade", "type": "update", "data": data}


def heartbeats(lines):
    for line in list(lines)[HEARTBEATS]:
        assert line["msg"] == {"event": "heartbeat"}
        yield line["ts"], {"channel": "heartbeat"}


def statuses(lines):
    for line in lines:
        v1 = line["msg"]
        if v1["event"] != "systemStatus":
            continue
        row = {"api_version": "v2", "connection_id": v1["connectionID"], "system": v1["status"],
               "version": v1["version"]}
        yield line["ts"], {"channel": "status", "data": [row], "type": "update"}


def best(side, sign):
    """The first prices of a side, best first, as [(price, qty)]: digits as sent."""
    prices = sorted(side, key=lambda price: sign * Decimal(price))
    return [(price, side[price]) for price in prices[:BOOK_DEPTH]]


def changes(old, new, side):
    """What a subscriber to BOOK_DEPTH prices is told. What falls out at the end is not told."""
    was, now = dict(old), dict(new)
    gone = [(price, Number("0." + "0" * 8)) for price in was if price not in side]
    return gone + [(price, qty) for price, qty in new if was.get(price) != qty]


def levels(pairs):
    return [{"price": price, "qty": qty} for price, qty in pairs]


def digits(number):
    return number.replace(".", "").lstrip("0")


def checksum(bids, asks):
    """docs.kraken.com, spot-websocket-v2, «Book checksum»: asks, then bids, best first."""
    return zlib.crc32("".join(digits(p) + digits(q) for p, q in [*asks, *bids]).encode())


def books(lines):
    """The recorded book, seen at a depth of BOOK_DEPTH: the checksums, over the ten best, hold."""
    sides = {"bids": ({}, -1), "asks": ({}, 1)}
    seen = {"bids": [], "asks": []}
    for line in lines:
        kind, row = line["msg"]["type"], line["msg"]["data"][0]
        if row["symbol"] != BOOK_SYMBOL:
            continue
        out = {"symbol": BOOK_SYMBOL}
        for name, (side, sign) in sides.items():
            for level in row[name]:
                side[level["price"]] = level["qty"]
                if Decimal(level["qty"]) == 0:
                    del side[level["price"]]
            new = best(side, sign)
            out[name] = levels(changes(seen[name], new, side))
            seen[name] = new
        out["checksum"] = checksum(seen["bids"], seen["asks"])
        assert kind == "snapshot" or out["checksum"] == int(row["checksum"]), line
        if "timestamp" in row:
            out["timestamp"] = row["timestamp"]
        if out["bids"] or out["asks"]:
            yield line["ts"], {"channel": "book", "type": kind, "data": [out]}


def main(v1_dir, book_v2, out_dir):
    v1, out = Path(v1_dir), Path(out_dir)
    write(out / "ticker.ndjson", tickers(read(v1 / "ticker.ndjson")))
    write(out / "trade.ndjson", trades(read(v1 / "trade.ndjson")))
    write(out / "heartbeat.ndjson", heartbeats(read(v1 / "heartbeat.ndjson")))
    write(out / "status.ndjson", statuses(read(v1 / "status.ndjson")))
    write(out / "book.ndjson", books(read(book_v2)))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
