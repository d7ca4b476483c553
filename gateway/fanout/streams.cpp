#include "gateway/fanout/streams.hpp"

#include <algorithm>
#include <cassert>

#include "gateway/base/planted.hpp"

namespace ticker {
namespace {

constexpr std::int64_t interval_ns(Pace pace) {
  return std::int64_t{interval_classes_ms[pace]} * 1'000'000;
}

}  // namespace

StreamId Streams::listen(ChannelId channel, InstrumentId id, Shape shape, Listener listener,
                         std::uint32_t& position) {
  const std::size_t place = place_of(channel, id);
  if (place >= lists_.size()) lists_.resize(place_of(0, id + 1));
  const auto known = std::ranges::find_if(
      lists_[place], [&](StreamId stream) { return streams_[stream].shape == shape; });
  const StreamId stream = known != lists_[place].end() ? *known : make(channel, id, shape);
  position = static_cast<std::uint32_t>(streams_[stream].listeners.size());
  streams_[stream].listeners.push_back(listener);
  return stream;
}

Listener Streams::unlisten(StreamId id, std::uint32_t position) {
  auto& listeners = streams_[id].listeners;
  const Listener last = listeners.back();
  listeners[position] = last;
  listeners.pop_back();
  if (listeners.empty() && !planted(Bug::stream_kept)) end(id);
  return last;
}

StreamId Streams::make(ChannelId channel, InstrumentId id, Shape shape) {
  if (free_.empty()) {
    free_.push_back(static_cast<StreamId>(streams_.size()));
    streams_.emplace_back();
  }
  const StreamId made = free_.back();
  free_.pop_back();
  Stream& stream = streams_[made];
  stream.channel = channel;
  stream.instrument = id;
  stream.shape = shape;
  stream.sent_seq = seq_of_(channel, id);
  lists_[place_of(channel, id)].push_back(made);
  if (id >= counts_.size()) counts_.resize(id + 1);
  ++counts_[id];
  return made;
}

void Streams::end(StreamId id) {
  Stream& stream = streams_[id];
  stop_waiting(stream);
  std::erase(lists_[place_of(stream.channel, stream.instrument)], id);
  --counts_[stream.instrument];
  stream = {};
  free_.push_back(id);
}

void Streams::wait(StreamId id, std::int64_t now_ns) {
  Stream& stream = streams_[id];
  if (stream.waits_for != real_time) return;
  const Pace pace = pace_of(stream);
  assert(pace != real_time);
  stream.tick_ns = (now_ns / interval_ns(pace) + 1) * interval_ns(pace);
  if (planted(Bug::tick_too_soon)) stream.tick_ns = now_ns + interval_ns(pace) / 2;
  if (waiting_[pace].empty()) tick_ns_[pace] = stream.tick_ns;
  join(id, pace);
}

void Streams::join(StreamId id, Pace list) {
  streams_[id].waits_for = list;
  streams_[id].place = static_cast<std::uint32_t>(waiting_[list].size());
  waiting_[list].push_back(id);
}

void Streams::stop_waiting(Stream& stream) {
  if (stream.waits_for == real_time) return;
  auto& list = waiting_[stream.waits_for];
  list[stream.place] = list.back();
  streams_[list[stream.place]].place = stream.place;
  list.pop_back();
  stream.waits_for = real_time;
}

StreamId Streams::ready(std::int64_t now_ns) {
  if (waiting_[ready_now].empty()) take_ticks(now_ns);
  return waiting_[ready_now].empty() ? no_stream : waiting_[ready_now].back();
}

// Not before the ticks taken last were served whole: a shard that is late would serve the newest
// ones again and again, and others never.
void Streams::take_ticks(std::int64_t now_ns) {
  ready_since_ns_ = INT64_MAX;
  for (Pace pace = 1; pace < pace_count; ++pace) {
    if (waiting_[pace].empty() || now_ns < tick_ns_[pace]) continue;
    ready_since_ns_ = std::min(ready_since_ns_, tick_ns_[pace]);
    take_tick(pace, now_ns);
  }
}

// What was said late and changed again waits for its own next tick, among others that are late.
void Streams::take_tick(Pace pace, std::int64_t now_ns) {
  std::int64_t next_ns = INT64_MAX;
  std::vector<StreamId>& list = waiting_[pace];
  std::uint32_t kept = 0;
  for (const StreamId id : list) {
    Stream& stream = streams_[id];
    if (stream.tick_ns <= now_ns) {
      join(id, ready_now);
      continue;
    }
    next_ns = std::min(next_ns, stream.tick_ns);
    stream.place = kept;
    list[kept++] = id;
  }
  list.resize(kept);
  tick_ns_[pace] = next_ns;
}

std::int64_t Streams::next_tick_ns() const {
  std::int64_t next = waiting_[ready_now].empty() ? INT64_MAX : ready_since_ns_;
  for (Pace pace = 1; pace < pace_count; ++pace) {
    if (!waiting_[pace].empty()) next = std::min(next, tick_ns_[pace]);
  }
  return next;
}

std::size_t Streams::waiting() const {
  std::size_t count = 0;
  for (const auto& list : waiting_) count += list.size();
  return count;
}

}  // namespace ticker
