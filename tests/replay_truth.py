#!/usr/bin/env python3
"""The final values that a replay of captures must end with, worked out independently.

usage: replay_truth.py FILE...

Bid and ask are those of bookTicker and of tickers: the replay has to name these as the owners
(`quotes` in its configuration), and books are passed over.

Prints JSON: {"binance:BTC-USDT": {"bid": .., "ask": .., "last": .., ..}, ..}, values as the venue
sent them; a field that nothing was said of is left out. Each venue's README says which stream owns
a field and what orders it; within (instrument, stream) an older message never overwrites a newer.
"""

import json
import sys
from datetime import datetime
from decimal import Decimal

# Longest first. Binance.US has no TUSD pairs: BATUSD is BAT in US dollars.
QUOTES = {
    "binance": "FDUSD USDT USDC TUSD BUSD USD BTC ETH BNB EUR TRY BRL GBP AUD DAI".split(),
    "binance_us": "USDT USDC BUSD USD BTC ETH BNB DAI".split(),
    "bybit": "USDT USDC USDE BTC ETH EUR".split(),
}
DAY = ("open_24h", "high_24h", "low_24h")
PRICES = {"bid", "ask", "last", *DAY}


def pair_by_quote(venue, symbol):
    for quote in QUOTES[venue]:
        base = symbol.removesuffix(quote)
        if base and base != symbol:
            return f"{base}-{quote}"
    return symbol


def binance(message):
    """(symbol, stream, order, {field: text}) of each update in a message."""
    message = message.get("data", message)
    if isinstance(message, list):
        return
    if "e" not in message and {"u", "s", "b", "B", "a", "A"} <= message.keys():
        values = {"bid": "b", "bid_size": "B", "ask": "a", "ask_size": "A"}
        stream, order = "bookTicker", message["u"]
    elif message.get("e") == "aggTrade":
        values = {"last": "p", "last_size": "q"}
        stream, order = "aggTrade", message["a"]
    elif message.get("e") == "24hrTicker":
        values = dict(zip((*DAY, "volume_24h"), "ohlv"))
        stream, order = "24hrTicker", message["E"]
    else:
        return
    yield message["s"], stream, int(order), {to: message[of] for to, of in values.items()}


def coinbase(message):
    if message.get("type") == "ticker":
        values = {"bid": "best_bid", "bid_size": "best_bid_size", "ask": "best_ask",
                  "ask_size": "best_ask_size", "volume_24h": "volume_24h", **{f: f for f in DAY}}
        stream, order = "ticker", message["sequence"]
    elif message.get("type") in ("match", "last_match"):
        values = {"last": "price", "last_size": "size"}
        stream, order = "match", message["trade_id"]
    else:
        return
    values = {to: message[of] for to, of in values.items() if of in message}
    yield message["product_id"], stream, int(order), values


def microseconds(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return 0 if moment.year < 2000 else int(Decimal(str(moment.timestamp())) * 1_000_000)


def kraken(message):
    rows = message.get("data", [])
    if message.get("channel") == "ticker":
        values = {"bid": "bid", "bid_size": "bid_qty", "ask": "ask", "ask_size": "ask_qty",
                  "high_24h": "high", "low_24h": "low", "volume_24h": "volume"}
        for row in rows:
            order = microseconds(row["timestamp"]) if "timestamp" in row else 0
            found = {to: row[of] for to, of in values.items() if of in row}
            yield row["symbol"], "ticker", order, found
    elif message.get("channel") == "trade":
        for row in rows:
            found = {"last": row["price"], "last_size": row["qty"]}
            yield row["symbol"], "trade", int(row["trade_id"]), found


def okx(message):
    """Of the default owner of bid and ask, `bbo-tbt`; books tell nothing."""
    channel = message.get("arg", {}).get("channel")
    for row in message.get("data", []):
        symbol = message["arg"]["instId"]
        if channel == "tickers":
            values = {"open_24h": "open24h", "high_24h": "high24h", "low_24h": "low24h",
                      "volume_24h": "vol24h"}
            yield symbol, "tickers", int(row["ts"]), {to: row[of] for to, of in values.items()}
        elif channel == "trades":
            yield symbol, "trades", int(row["tradeId"]), {"last": row["px"], "last_size": row["sz"]}
        elif channel == "bbo-tbt":
            yield symbol, "bbo", int(row["ts"]), best(row["bids"], row["asks"])


def best(bids, asks):
    values = {}
    for name, side in (("bid", bids), ("ask", asks)):
        values[name], values[f"{name}_size"] = side[0][:2] if side else ("", "")
    return values


def bybit(message):
    """Of the default owner of bid and ask, `orderbook.1`; other depths tell nothing."""
    topic, data = message.get("topic", ""), message.get("data")
    if topic.startswith("tickers."):
        values = {"open_24h": "prevPrice24h", "high_24h": "highPrice24h",
                  "low_24h": "lowPrice24h", "volume_24h": "volume24h"}
        found = {to: data[of] for to, of in values.items() if of in data}
        if found:
            yield data["symbol"], "tickers", int(message["ts"]), found
    elif topic.startswith("publicTrade."):
        for row in data:
            if not row["BT"]:
                yield row["s"], "trades", int(row["seq"]), {"last": row["p"], "last_size": row["v"]}
    elif topic.startswith("orderbook.1."):
        yield data["s"], "best", int(message["cts"]), best(data["b"], data["a"])


# By host and path of the endpoint: the venue's name, its messages, its spelling of a pair.
VENUES = {
    "stream.binance.com": ("binance", binance, lambda s: pair_by_quote("binance", s)),
    "data-stream.binance.vision": ("binance", binance, lambda s: pair_by_quote("binance", s)),
    "stream.binance.us": ("binance_us", binance, lambda s: pair_by_quote("binance_us", s)),
    "ws-feed.exchange.coinbase.com": ("coinbase", coinbase, str),
    "ws-feed.pro.coinbase.com": ("coinbase", coinbase, str),
    "ws.kraken.com/v2": ("kraken", kraken, lambda s: s.replace("/", "-")),
    "ws.okx.com/ws/v5/public": ("okx", okx, str),
    "stream.bybit.com/v5/public/spot": ("bybit", bybit, lambda s: pair_by_quote("bybit", s)),
    "stream.bybit.com/v5/public/linear": ("bybit_linear", bybit, str),
}


def venue_of(endpoint):
    host, _, path = endpoint.split("://")[-1].split("?")[0].partition("/")
    host = host.split(":")[0]
    return VENUES.get(host) or VENUES.get(f"{host}/{path}")


def received(path):
    """(time, record) of every received line; a line without time keeps that of the line before."""
    time = Decimal(0)
    with open(path, encoding="utf-8") as file:
        for line in file:
            try:
                # Numbers stay as they were written.
                record = json.loads(line, parse_float=str, parse_int=str)
                if record["ts"] is not None:
                    time = Decimal(record["ts"])
                if record["dir"] == "recv":
                    yield time, record
            except (ValueError, KeyError, TypeError, ArithmeticError):
                continue


def shown(values):
    """What a client sees: a price of zero is none; a quote without price or size has no size."""
    values = {field: None if text == "" or field in PRICES and Decimal(text) == 0 else text
              for field, text in values.items()}
    for price in ("bid", "ask"):
        if price in values:
            size = values.get(f"{price}_size")
            values[f"{price}_size"] = None if values[price] is None else size
    return values


def apply(state, orders, record):
    venue, message = venue_of(record["conn"]), record["msg"]
    if venue is None or not isinstance(message, dict):
        return
    venue_name, updates, pair = venue
    for symbol, stream, order, values in updates(message):
        name = f"{venue_name}:{pair(symbol)}"
        if order and order < orders.get((name, stream), 0):
            continue
        orders[name, stream] = max(order, orders.get((name, stream), 0))
        state.setdefault(name, {}).update(shown(values))


def main(paths):
    lines = [line for path in paths for line in received(path)]
    lines.sort(key=lambda line: line[0])  # stable: files in their order at equal times
    state, orders = {}, {}
    for _, record in lines:
        apply(state, orders, record)
    json.dump(state, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
