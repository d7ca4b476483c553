"""ticker-load's JSON as tests want it: seconds in which all went well, but for what is said."""


def result(**other):
    usual = {
        "seconds": 2.0, "clients": 100, "symbols_per_client": 10, "reasons": [],
        "deltas": 1_000, "snapshots_again": 0, "trades": 0, "merged": 0, "merged_in_deltas": 0,
        "lost": 0, "bytes_per_s": 110_000, "messages_per_s": 500,
        "recv_to_receipt_us": {"p50": 200, "p99": 900},
        "recv_to_receipt_p50_halves_us": [200, 210],
        "load_client": {"busy_share": 0.3, "bottleneck": False, "starved": False},
        "slow": None, "stopped": None, "churn": None, "ledger": None,
    }
    return {**usual, **other}
