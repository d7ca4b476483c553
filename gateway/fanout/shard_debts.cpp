// Debts of a shard to its clients: first data of a subscription, snapshots for what was merged,
// gaps for trades that were lost. Paid in turn, while the client's queue is short.
#include "gateway/base/planted.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker {

// Sends what the client is owed, in turn. True if anything was paid.
bool ShardCore::pay_debts(Client& client, std::uint32_t slot) {
  Outbox& outbox = *client.outbox;
  bool paid = false;
  for (std::uint32_t due = outbox.next_due(); due != Outbox::no_due; due = outbox.next_due()) {
    pay(client, due, streams_.at(topics_.stream(slot, due)));
    paid = true;
  }
  return paid;
}

void ShardCore::pay(Client& client, std::uint32_t due, Stream& stream) {
  Outbox& outbox = *client.outbox;
  View& view = board_.at(stream.instrument);
  const Outbox::LostTrades lost = outbox.lost(due);
  const Outbox::Debt debt = outbox.debt(due);
  const std::uint64_t begin =
      debt == Outbox::Debt::first ? outbox.begin(due) : Outbox::from_snapshot;
  if (lost.from != 0) {
    outbox.pay_gap(gap_frame(view, lost), now_us_);
    counters_.gaps_sent.add();
  }
  if (debt == Outbox::Debt::gap) return;
  make_room();
  if (begin >= Outbox::not_resumed) {
    const Resumed resumed = begin == Outbox::not_resumed ? Resumed::no : Resumed::not_asked;
    if (resumed == Resumed::no) counters_.not_resumed.add();
    outbox.pay_snapshot(snapshot_frame(stream, view, resumed), now_us_);
    return;
  }
  if (stream.channel == DataChannel::ticker) {
    resume_ticker(client, stream, view, begin);
  } else {
    resume_trades(client, due, view, begin);
  }
}

// One delta with what changed since `seq`; an empty one says that nothing did.
void ShardCore::resume_ticker(Client& client, Stream& stream, View& view, std::uint64_t seq) {
  const auto mask = static_cast<FieldMask>(view.changed_since(seq) & stream.filter());
  const bool has_last = (mask & view.ticker.ticker.changed) != 0;  // its time is that of the frame
  const DeltaHead head{.mask = mask,
                       .prev = seq,
                       .resumed = true,
                       .exchange_us = has_last ? view.ticker.exchange_us : 0,
                       .received = view.ticker.received};
  client.outbox->pay_snapshot(encoder_.delta(view.symbol, view.ticker, head, false, now_), now_us_);
  counters_.resumed.add();
}

// The trades after `seq` that are kept; a gap before them for those that are not.
void ShardCore::resume_trades(Client& client, std::uint32_t due, View& view, std::uint64_t seq) {
  client.outbox->pay_nothing();
  const TradeHistory& history = view.trades;
  const std::uint64_t oldest = history.size() > 0 ? history[0].seq : view.trade_seq + 1;
  const auto tell_lost = [&](const Outbox::LostTrades& lost) {
    tell_gap(client, due, gap_frame(view, lost), lost);
  };
  if (seq + 1 < oldest && !planted(Bug::resume_hides_gap)) {
    tell_lost({seq + 1, oldest - 1, oldest - 1 - seq,
               history.forgot_gap_after(seq) ? Reason::upstream : Reason::none});
  }
  const std::uint64_t known = seq + 1 > oldest ? seq + 1 - oldest : 0;  // of the kept ones
  for (std::size_t i = known; i < history.size(); ++i) {
    const bool waits = i > known && client.outbox->debt(due) == Outbox::Debt::none &&
                       client.outbox->bytes() >= limits_.outbox_soft_bytes / 2;
    if (waits) return client.outbox->open_due(due, history[i - 1].seq);  // the rest in its turn
    make_room();
    const Event& event = history[i];
    if (event.kind == Event::Kind::gap) {
      tell_lost({event.seq, event.seq, 1, event.gap.reason});
    } else {
      client.outbox->trade(due, encoder_.trade(view.symbol, event, false, now_), event.seq,
                           now_us_);
    }
  }
  counters_.resumed.add();
}

// Tells it now if there is room and nothing is owed before it; else in its turn.
void ShardCore::tell_gap(Client& client, std::uint32_t due, const Piece& piece,
                         const Outbox::LostTrades& lost) {
  Outbox& outbox = *client.outbox;
  pool_.retain(piece.slab);
  if (outbox.flush_first(piece)) client.transport->flush();
  if (outbox.debt(due) == Outbox::Debt::none && outbox.announce(piece, now_us_)) {
    counters_.gaps_sent.add();
  } else if (!outbox.sealed()) {
    outbox.lose(due, lost);
  }
  pool_.release(piece.slab);
}

}  // namespace ticker
