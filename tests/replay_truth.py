#!/usr/bin/env python3
"""The final values that a replay of Binance captures must end with, worked out independently.

usage: replay_truth.py FILE...

Prints JSON: {"binance:BTC-USDT": {"bid": .., "bid_size": .., "ask": .., "ask_size": ..,
"last": .., "last_size": ..}, ..}, values as the venue sent them. bid and ask belong to bookTicker,
in the order of its update id; last belongs to aggTrade, in the order of its trade id.
"""

import json
import sys
from decimal import Decimal

VENUES = {"binance.com": "binance", "binance.vision": "binance", "binance.us": "binance_us"}
# Longest first. Binance.US has no TUSD pairs: BATUSD is BAT in US dollars.
QUOTES = {
    "binance": "FDUSD USDT USDC TUSD BUSD USD BTC ETH BNB EUR TRY BRL GBP AUD DAI".split(),
    "binance_us": "USDT USDC BUSD USD BTC ETH BNB DAI".split(),
}


def venue_of(endpoint):
    host = endpoint.split("://")[-1].split("/")[0].split(":")[0]
    return VENUES.get(".".join(host.split(".")[-2:]))


def name_of(venue, symbol):
    for quote in QUOTES[venue]:
        base = symbol.removesuffix(quote)
        if base and base != symbol:
            return f"{venue}:{base}-{quote}"
    return f"{venue}:{symbol}"


def received(path):
    """(time, record) of every received line; a line without time keeps that of the line before."""
    time = Decimal(0)
    with open(path, encoding="utf-8") as file:
        for line in file:
            try:
                record = json.loads(line, parse_float=Decimal)
                if record["ts"] is not None:
                    time = Decimal(record["ts"])
                if record["dir"] == "recv":
                    yield time, record
            except (ValueError, KeyError, TypeError):
                continue


def apply(state, order, record):
    venue, message = venue_of(record["conn"]), record["msg"]
    if venue is None or not isinstance(message, dict):
        return
    message = message.get("data", message)
    if "e" not in message and {"u", "s", "b", "B", "a", "A"} <= message.keys():
        stream, number = "bookTicker", message["u"]
        values = {"bid": "b", "bid_size": "B", "ask": "a", "ask_size": "A"}
    elif message.get("e") == "aggTrade":
        stream, number = "aggTrade", message["a"]
        values = {"last": "p", "last_size": "q"}
    else:
        return
    name = name_of(venue, message["s"])
    if number < order.get((name, stream), 0):
        return
    order[name, stream] = number
    state.setdefault(name, {}).update({field: message[key] for field, key in values.items()})


def main(paths):
    lines = [line for path in paths for line in received(path)]
    lines.sort(key=lambda line: line[0])  # stable: files in their order at equal times
    state, order = {}, {}
    for _, record in lines:
        apply(state, order, record)
    json.dump(state, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
