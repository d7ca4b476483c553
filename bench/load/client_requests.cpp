// What one client asks for and how it takes the answers: welcome, acks, gaps. Rare things, parsed
// properly.
#include "bench/load/client.hpp"
#include "bench/load/clocks.hpp"
#include "bench/load/scan.hpp"

namespace ticker::load {

void Client::on_answer(std::string_view message) {
  const Answer answer = read_answer(message);
  switch (answer.type) {
    case Answer::Type::welcome:
      if (state_ != State::awaiting_welcome) return;
      state_ = State::subscribing;
      return begin_requests(Op::subscribe);
    case Answer::Type::subscribed:
    case Answer::Type::unsubscribed:
      return on_ack(answer);
    case Answer::Type::gap:
      return on_gap(answer);
    case Answer::Type::trades_snapshot:
      return on_trades_snapshot(answer);
    case Answer::Type::slow:
      ++group_.now->slow_notices;
      conflating_ = answer.conflating;
      return;
    case Answer::Type::pong:
      awaits_pong_ = false;
      return;
    case Answer::Type::error:
      return end("error " + answer.code);
    case Answer::Type::malformed:
      ++group_.faults.unreadable;
      return;
    case Answer::Type::other:
      return;
  }
}

bool Client::ask(Op op) {
  if (state_ != State::subscribed || !requests_.empty()) return false;
  if (op == Op::unsubscribe && !holds_) return false;
  begin_requests(op);
  return true;
}

void Client::ask_whether_behind() {
  if (state_ != State::subscribed) return;
  awaits_pong_ = true;
  const std::string request = R"({"op":"ping","id":)" + std::to_string(next_id_++) + "}";
  send(masked_frame(Opcode::text, request, next_mask()));
}

void Client::begin_requests(Op op) {
  requests_ = requests_for(op, wish_, symbols_, next_id_);
  next_id_ += requests_.size();
  requests_done_ = 0;
  asked_us_ = steady_us();
  ask_next();
}

void Client::ask_next() {
  if (requests_done_ >= requests_.size()) return finish_requests();
  send(masked_frame(Opcode::text, requests_[requests_done_].text, next_mask()));
}

void Client::finish_requests() {
  holds_ = !requests_.empty() && requests_.back().op == Op::subscribe;
  requests_ = {};
  answered_us_ = steady_us();
  group_.now->request_to_answer.record(answered_us_ - asked_us_);
  if (state_ != State::subscribing) return;
  state_ = State::subscribed;
  ++group_.subscribed;
}

void Client::on_ack(const Answer& answer) {
  if (requests_done_ >= requests_.size()) return;
  const Request& request = requests_[requests_done_];
  if (answer.id != request.id) return;
  // Nothing of the subscription before comes behind this answer, and the next begins with a
  // snapshot.
  SequenceTable& table = request.trades ? trades_ : tickers_;
  for (std::size_t i = 0; i < request.count; ++i) {
    table.restart(hash_name(symbols_[request.first + i]));
  }
  ++requests_done_;
  if (state_ != State::leaving) ask_next();
}

void Client::on_gap(const Answer& answer) {
  Tally& tally = *group_.now;
  ++tally.gaps;
  tally.lost += answer.lost;
  if (answer.lost_unknown) ++tally.gaps_upstream;
  count_step(trades_.gap(answer.name_hash, answer.from, answer.seq));
}

void Client::on_trades_snapshot(const Answer& answer) {
  ++group_.now->trades_snapshots;
  count_step(trades_.snapshot(answer.name_hash, answer.epoch_hash, answer.seq).step);
}

std::size_t Client::without_snapshot(std::int64_t now_us) const {
  constexpr std::int64_t patience_us = 1'000'000;
  if (!holds_ || !requests_.empty() || now_us - answered_us_ < patience_us) return 0;
  return tickers_.waiting() + trades_.waiting();
}

}  // namespace ticker::load
