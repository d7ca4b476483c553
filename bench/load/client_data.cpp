// What one client does with each frame: the data path, tens of nanoseconds a message.
#include "bench/load/client.hpp"
#include "bench/load/requests.hpp"
#include "bench/load/scan.hpp"

namespace ticker::load {

void Client::on_frame(const Frame& frame, std::int64_t now_us) {
  if (frame.opcode == Opcode::text && frame.fin) [[likely]] {
    return on_text(frame.payload, now_us);
  }
  switch (frame.opcode) {
    case Opcode::text:
    case Opcode::continuation:
      return on_fragment(frame, now_us);
    case Opcode::ping:
      if (state_ == State::leaving) return;  // nothing goes behind a close frame
      return send(masked_frame(Opcode::pong, frame.payload, next_mask()));
    case Opcode::pong:
      return;
    case Opcode::close:
      return on_close(frame.payload);
    case Opcode::binary:
      break;
  }
  end("frame of unknown kind");
}

void Client::on_fragment(const Frame& frame, std::int64_t now_us) {
  fragments_.append(frame.payload);
  if (fragments_.size() > frame_bytes_max) return end("message too large");
  if (!frame.fin) return;
  const std::size_t size = fragments_.size();
  fragments_.append(padding_bytes, '\0');
  on_text(std::string_view(fragments_).substr(0, size), now_us);
  fragments_.clear();
}

void Client::on_text(std::string_view message, std::int64_t now_us) {
  ++group_.now->messages;
  switch (classify(message)) {
    case Kind::delta:
      return on_delta(message, now_us);
    case Kind::snapshot:
      return on_snapshot(message, now_us);
    case Kind::trade:
      return on_trade(message, now_us);
    case Kind::other:
      return on_answer(message);
  }
}

void Client::on_delta(std::string_view message, std::int64_t now_us) {
  Tally& tally = *group_.now;
  Delta delta;
  ++tally.deltas;
  if (!scan(message, delta)) [[unlikely]] {
    ++group_.faults.unreadable;
    return;
  }
  const auto step = tickers_.delta(delta.name_hash, delta.prev, delta.seq);
  if (step != SequenceTable::Step::applied) [[unlikely]] {
    count_step(step);
    if (step != SequenceTable::Step::hole) return;
  }
  tally.merged_in_deltas += delta.merged - 1;
  if (delta.recv_us == 0 || delta.sent_us == 0) [[unlikely]] {
    ++tally.untimed;
    return;
  }
  tally.sent_to_receipt.record(now_us - delta.sent_us);
  tally.recv_to_receipt.record(now_us - delta.recv_us);
}

void Client::on_snapshot(std::string_view message, std::int64_t now_us) {
  Tally& tally = *group_.now;
  Snapshot snapshot;
  ++tally.snapshots;
  if (!scan(message, snapshot)) {
    ++group_.faults.unreadable;
    return;
  }
  const auto replaced = tickers_.snapshot(snapshot.name_hash, snapshot.epoch_hash, snapshot.seq);
  if (replaced.step != SequenceTable::Step::applied) return count_step(replaced.step);
  if (replaced.first) ++tally.snapshots_first;
  if (!replaced.again) return;
  ++tally.snapshots_again;
  tally.merged_in_snapshots += replaced.merged;
  // A conflated client's data comes as snapshots: leaving them out would flatter the latency.
  if (snapshot.recv_us == 0 || snapshot.sent_us == 0) return;
  tally.sent_to_receipt.record(now_us - snapshot.sent_us);
  tally.recv_to_receipt.record(now_us - snapshot.recv_us);
}

void Client::on_trade(std::string_view message, std::int64_t now_us) {
  Tally& tally = *group_.now;
  Trade trade;
  ++tally.trades;
  if (!scan(message, trade)) [[unlikely]] {
    ++group_.faults.unreadable;
    return;
  }
  const auto step = trades_.trade(trade.name_hash, trade.seq);
  if (step != SequenceTable::Step::applied) [[unlikely]] {
    count_step(step);
    if (step != SequenceTable::Step::hole) return;
  }
  if (trade.recv_us == 0 || trade.sent_us == 0) [[unlikely]] {
    ++tally.untimed;
    return;
  }
  tally.sent_to_receipt.record(now_us - trade.sent_us);
  tally.recv_to_receipt.record(now_us - trade.recv_us);
}

void Client::count_step(SequenceTable::Step step) {
  if (step == SequenceTable::Step::ignored) ++group_.now->ignored;
  if (step == SequenceTable::Step::hole) ++group_.faults.holes;
  if (step == SequenceTable::Step::unexpected) ++group_.faults.unexpected;
}

}  // namespace ticker::load
