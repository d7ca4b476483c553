#include "gateway/fanout/payments.hpp"

#include "gateway/base/planted.hpp"
#include "gateway/fanout/gaps.hpp"
#include "gateway/fanout/publisher.hpp"

namespace ticker {

bool Payments::pay(Client& client, std::uint32_t slot) {
  Outbox& outbox = *client.outbox;
  bool paid = false;
  while (const auto subscription = outbox.next_owed()) {
    const StreamId stream = shard_.subscriptions.stream(slot, *subscription);
    pay_one(client, *subscription, shard_.streams.at(stream));
    paid = true;
  }
  return paid;
}

void Payments::pay_one(Client& client, std::uint32_t subscription, Stream& stream) {
  Outbox& outbox = *client.outbox;
  View& view = shard_.board.at(stream.instrument);
  const LostRange lost = outbox.lost(subscription);
  const Owed owed = outbox.owed(subscription);
  if (!lost.empty()) {
    const Framer framer = shard_.framer(stream.shape.format);
    outbox.pay_gap(shard_.channel(stream.channel).gap(framer, view, lost), shard_.time.us());
    shard_.counters.gaps_sent.add();
  }
  switch (owed.kind) {
    case Owed::Kind::nothing:
    case Owed::Kind::gap:
      return;
    case Owed::Kind::first_snapshot:
    case Owed::Kind::merged_snapshot:
      return pay_snapshot(client, stream, view, Resumed::not_asked);
    case Owed::Kind::failed_resume:
      shard_.counters.not_resumed.add();
      return pay_snapshot(client, stream, view, Resumed::no);
    case Owed::Kind::resume:
      return resume(client, subscription, stream, view, owed.after);
  }
}

void Payments::pay_snapshot(Client& client, const Stream& stream, const View& view,
                            Resumed resumed) {
  client.outbox->pay_snapshot(snapshot_frame(shard_, stream, view, resumed), shard_.time.us());
}

void Payments::resume(Client& client, std::uint32_t subscription, const Stream& stream, View& view,
                      std::uint64_t seq) {
  const Channel& channel = shard_.channel(stream.channel);
  if (channel.traits().on_full == OnFull::lose) {
    return resume_entries(client, subscription, stream, view, seq);
  }
  const Framer framer = shard_.framer(stream.shape.format);
  client.outbox->pay_snapshot(channel.resumed(framer, view, stream.filter(), seq),
                              shard_.time.us());
  shard_.counters.resumed.add();
}

// The entries after `seq` that are kept; a gap before them for those that are not.
void Payments::resume_entries(Client& client, std::uint32_t subscription, const Stream& stream,
                              View& view, std::uint64_t seq) {
  const Channel& channel = shard_.channel(stream.channel);
  const FormatId format = stream.shape.format;
  Outbox& outbox = *client.outbox;
  outbox.pay_nothing();
  const TradeHistory& history = channel.history(view);
  const std::uint64_t oldest = history.size() > 0 ? history[0].seq : channel.seq(view) + 1;
  const auto tell_lost = [&](const LostRange& lost) {
    const Piece piece = channel.gap(shard_.framer(format), view, lost);
    tell_gap(shard_, client, subscription, piece, lost);
  };
  if (seq + 1 < oldest && !planted(Bug::resume_hides_gap)) {
    tell_lost({seq + 1, oldest - 1, oldest - 1 - seq,
               history.forgot_gap_after(seq) ? Reason::upstream : Reason::none});
  }
  const std::uint64_t known = seq + 1 > oldest ? seq + 1 - oldest : 0;  // of the kept ones
  for (std::size_t i = known; i < history.size(); ++i) {
    const bool waits = i > known && outbox.owed(subscription).nothing() &&
                       outbox.bytes() >= shard_.limits.outbox_soft_bytes / 2;
    // The rest comes in its turn.
    if (waits) return outbox.begin(subscription, Owed::resume(history[i - 1].seq));
    const Event& event = history[i];
    if (event.kind == Event::Kind::gap) {
      tell_lost({event.seq, event.seq, 1, event.gap.reason});
    } else {
      const Piece piece = channel.entry(shard_.framer(format), view, event, false);
      outbox.offer_numbered(subscription, piece, event.seq, shard_.time.us());
    }
  }
  shard_.counters.resumed.add();
}

}  // namespace ticker
