"""What the benches make of runs: figures of one, the verdict whether a rate held, medians and
ratios of several, tables. Pure functions: nothing is started or asked here. `result` is
ticker-load's JSON, `grown` the ledger's growth in the counted seconds, `flags` what ticker-load
was told beyond the common.
"""

import statistics

DELIVERED_SHARE_MIN = 0.98


def delivered_per_s(result):
    """Of the fast clients."""
    return (result["deltas"] + result["snapshots_again"] + result["trades"]) / result["seconds"]


def deliveries(clients, symbols_each, symbols):
    """Of one event, on average."""
    return clients * min(symbols_each, symbols) / symbols


def has_flag(flags, name):
    return any(flag.split("=")[0] == name for flag in flags)


def ledger(result):
    """What the gateway counted in those seconds; nothing of a peer, which has no ledger."""
    return (result["ledger"] or {}).get("counted", {})


def only_fast(result):
    """Else the gateway's ledger cannot tell whose frames it means."""
    return not any(result[group] for group in ("slow", "stopped", "churn"))


def merged(result, grown, flags=()):
    """Changes that fast clients got folded into others because something could not follow.

    With a filter, `seq` counts changes of other fields as well, so snapshots again tell nothing
    about how many were merged; with an interval, deltas are merged as they were asked to be. Then
    the gateway's ledger counts, which begins behind both. Where it has others' frames in it,
    each snapshot again stands for one: so many frames at least were conflated.
    """
    asked = has_flag(flags, "--interval-ms")
    in_deltas = 0 if asked else result["merged_in_deltas"]
    if asked or has_flag(flags, "--fields"):
        behind = grown.get("merged", 0) if only_fast(result) else result["snapshots_again"]
        return max(behind, in_deltas)
    return max(grown.get("merged", 0), result["merged"]) if only_fast(result) else result["merged"]


def lost(result, grown):
    """Trades that fast clients did not get."""
    return max(grown.get("lost", 0), result["lost"]) if only_fast(result) else result["lost"]


def why_not_held(result, grown, wanted, flags=()):
    """Reasons; none when the rate held. `wanted`: deliveries a second."""
    reasons = list(result["reasons"])
    delivered = delivered_per_s(result)
    # With an interval changes are merged as they were asked to be: how many should come is unknown.
    if delivered < DELIVERED_SHARE_MIN * wanted and not has_flag(flags, "--interval-ms"):
        reasons.append(f"{100 * delivered / wanted:.1f} % delivered")
    if merged(result, grown, flags) > 0:
        reasons.append("merged")
    if lost(result, grown) > 0:
        reasons.append("lost")
    first, second = result["recv_to_receipt_p50_halves_us"]
    if 0 < first and second > 1.5 * first + 10_000:  # 0: nothing came, or one second is no halves
        reasons.append("latency grows")
    return reasons


def of_run(result, cpu, grown, flags=()):
    """Of the fast clients; CPU and ledger are the server's, for whomever it worked."""
    delivered = delivered_per_s(result)
    latency = result["recv_to_receipt_us"]
    load = result["load_client"]
    return {
        "delivered": delivered, "p50": latency["p50"], "p99": latency["p99"],
        "cpu": cpu, "cpu_us": cpu * 1e6 / delivered if cpu is not None and delivered else None,
        "bytes": result["bytes_per_s"],
        "frame": result["bytes_per_s"] / max(result["messages_per_s"], 1),
        "merged": merged(result, grown, flags), "lost": lost(result, grown),
        "load": load["busy_share"], "doubt": load["bottleneck"] or load["starved"],
    }


def run_text(of, good="held"):
    """One run in a line, for who waits; `good`: the word where there is no reason against it."""
    return (f"{of['delivered']:,.0f} delivered/s, p50 {of['p50'] / 1000:.2f}, p99 "
            f"{of['p99'] / 1000:.2f} ms, load busy {100 * of['load']:.0f} %"
            f"{' (!)' if of['doubt'] else ''}, others {of['others']:.2f} cores: "
            f"{', '.join(of['reasons']) or good}")


def held(runs):
    """Most of them."""
    return 2 * sum(not run["reasons"] for run in runs) > len(runs)


def median(runs, key):
    values = [run[key] for run in runs if run[key] is not None]
    return statistics.median(values) if values else None


def ratios(pairs, key):
    """Second by first of each pair that has both; what both suffered from the machine falls out."""
    return [second[key] / first[key] for first, second in pairs if first[key] and second[key]]


def ratio_text(values):
    """Median (lowest to highest)."""
    if not values:
        return "?"
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def told(value, form, unit=""):
    return "?" if value is None else format(value, form) + unit


def table(head, rows):
    """Markdown; the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    lines.insert(1, "|---" + "|---:" * (len(head) - 1) + "|")
    return "\n".join(lines) + "\n"
