#include "gateway/fanout/delivery.hpp"

#include "gateway/base/planted.hpp"

namespace ticker {
namespace {

// Rounds of «flush, pay what is owed» a client gets a turn; what is left waits until the others had
// theirs.
constexpr int rounds_max = 4;

// Outboxes are asked for so many clients ahead; in between the kernel sends, and uses the cache.
constexpr std::size_t flush_ahead = 2;

}  // namespace

bool Delivery::flush() {
  Clients& clients = shard_.clients;
  shard_.time.look();
  clients.take_touched(flushing_);
  const std::size_t count = flushing_.size();
  const std::size_t start = rotation_++ % count;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t slot = flushing_[(start + i) % count];
    clients.prefetch(flushing_[(start + i + flush_ahead) % count]);
    clients.untouch(slot);
    if (!clients.is_there(slot)) continue;
    Client& client = clients.at(slot);
    if (serve(client, slot)) clients.touch(slot);
    if (!client.outbox->empty() || client.outbox->conflating()) watch(client, slot);
    clients.settle(client);
  }
  flushing_.clear();
  clients.publish_ledger();
  return clients.any_touched();
}

// One client's turn. True: it could take more at once.
bool Delivery::serve(Client& client, std::uint32_t slot) {
  Outbox& outbox = *client.outbox;
  announce_state(client, slot);
  for (int round = 0; round < rounds_max; ++round) {
    if (!outbox.blocked() && !outbox.empty()) client.handle->flush();
    if (!outbox.owes() || !payments_.pay(client, slot)) {
      outbox.review(shard_.time.us());
      announce_state(client, slot);
      if (outbox.empty() || outbox.blocked()) return false;
    }
    if (outbox.blocked()) return false;
  }
  return true;
}

// Tells the client when it begins or ends to get merged updates, and when its fast intervals are
// not kept; again only after the other state was told.
void Delivery::announce_state(Client& client, std::uint32_t slot) {
  const bool conflating = client.outbox->conflating();
  const bool widened = shard_.overload.widened() && shard_.subscriptions.fast_count(slot) > 0 &&
                       !planted(Bug::widened_untold);
  if (conflating == client.told_conflating && widened == client.told_widened) return;
  if (!conflating && planted(Bug::slow_for_ever)) return;
  if (client.outbox->sealed()) return;
  const Framer framer = shard_.framer(client.format);
  const SlowNotice notice{conflating, client.outbox->bytes(),
                          widened ? interval_classes_ms[widened_pace] : 0};
  const Piece piece = framer.encoder.frame(framer.format, slow_message_max, [&](char* out) {
    return framer.format.messages.slow(out, notice);
  });
  if (!client.outbox->control(piece, shard_.time.us())) return;
  if (conflating && !client.told_conflating) shard_.counters.conflating.add();
  if (!conflating && client.told_conflating) shard_.counters.conflating.sub();
  client.told_conflating = conflating;
  client.told_widened = widened;
}

void Delivery::watch(Client& client, std::uint32_t slot) {
  if (client.watched) return;
  client.watched = true;
  client.progress_bytes = client.outbox->taken();
  client.progress_ns = shard_.time.now().steady_ns;
  watched_.push_back(slot);
}

// Looks after those alone who have something waiting: the others cost nothing.
void Delivery::sweep(std::int64_t late_ns) {
  shard_.time.look();
  std::size_t kept = 0;
  for (const std::uint32_t slot : watched_) {
    Client& client = shard_.clients.at(slot);
    client.watched = shard_.clients.is_there(slot) && look_after(client, slot, late_ns);
    if (client.watched) watched_[kept++] = slot;
  }
  watched_.resize(kept);
}

// False when there is nothing to look after any more.
bool Delivery::look_after(Client& client, std::uint32_t slot, std::int64_t late_ns) {
  const std::int64_t now_ns = shard_.time.now().steady_ns;
  const std::int64_t timeout_ns = std::int64_t{shard_.limits.write_timeout_ms} * 1'000'000;
  const Outbox& outbox = *client.outbox;
  if (client.closing || (outbox.empty() && !outbox.conflating())) return false;
  client.progress_ns += late_ns;
  if (outbox.empty() || outbox.taken() != client.progress_bytes) {
    client.progress_bytes = outbox.taken();
    client.progress_ns = now_ns;
  } else if (now_ns - client.progress_ns > timeout_ns) {
    client.closing = true;
    client.handle->close(CloseReason::slow_consumer);
    return false;
  }
  client.outbox->review(shard_.time.us());
  shard_.clients.touch(slot);
  return true;
}

}  // namespace ticker
