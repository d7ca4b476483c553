#include "gateway/protocol/json_messages.hpp"

#include <charconv>
#include <cstring>

#include "gateway/base/planted.hpp"

namespace ticker {
namespace {

// Text known at compile time: one memcpy of constant size.
template <std::size_t n>
char* put(char* out, const char (&text)[n]) {
  std::memcpy(out, text, n - 1);
  return out + n - 1;
}

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put(char* out, std::uint64_t value) { return std::to_chars(out, out + 20, value).ptr; }
char* put(char* out, std::int64_t value) { return std::to_chars(out, out + 20, value).ptr; }

char* put(char* out, const Decimal& value) {
  if (value.is_null()) return put(out, "null");
  *out++ = '"';
  out = value.format(out);
  *out++ = '"';
  return out;
}

// A string that comes from a venue. Ids are numbers or UUIDs; whatever would need escaping is left
// out.
char* put_id(char* out, std::string_view id) {
  if (id.empty()) return put(out, "null");
  *out++ = '"';
  for (const char c : id) {
    if (c > ' ' && c < 0x7f && c != '"' && c != '\\') *out++ = c;
  }
  *out++ = '"';
  return out;
}

char* put_name(char* out, std::string_view name) {
  if (name.empty()) return put(out, "null");
  *out++ = '"';
  out = put(out, name);
  *out++ = '"';
  return out;
}

char* put_status(char* out, const TickerBody& body) {
  out = put(out, ",\"status\":");
  out = put_name(out, status_names[static_cast<std::size_t>(body.status)]);
  out = put(out, ",\"reason\":");
  out = put_name(out, reason_names[static_cast<std::size_t>(body.reason)]);
  out = put(out, ",\"since\":");
  return put(out, body.since_us);
}

char* put_fields(char* out, const TickerBody& body, FieldMask mask) {
  if ((mask & status_bit) != 0) out = put_status(out, body);
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto field = static_cast<Field>(i);
    if ((mask & bit(field)) == 0) continue;
    out = put(out, ",\"");
    out = put(out, field_names[i]);
    out = put(out, "\":");
    out = put(out, body.fields.get(field));
  }
  return out;
}

char* put_times(char* out, std::int64_t exchange_us, std::int64_t received_us) {
  if (exchange_us != 0) {
    out = put(out, ",\"exchange_ts\":");
    out = put(out, exchange_us);
  }
  out = put(out, ",\"recv_ts\":");
  return put(out, received_us);
}

char* put_head(char* out, const SnapshotHead& head) {
  out = put(out, ",\"symbol\":\"");
  out = put(out, head.symbol);
  out = put(out, "\",\"epoch\":\"");
  out = put(out, head.epoch);
  out = put(out, "\",\"seq\":");
  out = put(out, head.seq);
  return head.resumed == Resumed::no ? put(out, ",\"resumed\":false") : out;
}

char* put_sent(char* out, std::int64_t sent_us) {
  out = put(out, ",\"sent_ts\":");
  out = put(out, sent_us);
  *out++ = '}';
  return out;
}

char* put_trade_fields(char* out, const Event& event) {
  out = put(out, "\"seq\":");
  out = put(out, event.seq);
  out = put(out, ",\"price\":");
  out = put(out, event.trade.price);
  out = put(out, ",\"size\":");
  out = put(out, event.trade.size);
  out = put(out, ",\"side\":");
  out = put_name(out, side_names[static_cast<std::size_t>(event.trade.side)]);
  out = put(out, ",\"trade_id\":");
  out = put_id(out, event.trade.id.view());
  return put_times(out, event.exchange_us, event.received.wall_us);
}

}  // namespace

char* JsonMessages::delta(char* out, std::string_view symbol, const Event& event,
                          const DeltaHead& head, std::int64_t sent_us) const {
  out = put(out, "{\"type\":\"delta\",\"symbol\":\"");
  out = put(out, symbol);
  out = put(out, "\",\"seq\":");
  out = put(out, event.seq);
  out = put(out, ",\"prev\":");
  out = put(out, planted(Bug::wrong_prev) && event.seq % 16 == 0 ? head.prev + 1 : head.prev);
  if (head.resumed) out = put(out, ",\"resumed\":true");
  out = put_fields(out, event.ticker, head.mask);
  if (head.merged > 1) {
    out = put(out, ",\"merged\":");
    out = put(out, head.merged);
  }
  return put_sent(put_times(out, head.exchange_us, head.received.wall_us), sent_us);
}

char* JsonMessages::snapshot(char* out, const SnapshotHead& head, const Event& state,
                             FieldMask mask, std::int64_t sent_us) const {
  out = put_head(put(out, "{\"type\":\"snapshot\",\"channel\":\"ticker\""), head);
  out = put_fields(out, state.ticker, mask);
  return put_sent(put_times(out, state.exchange_us, state.received.wall_us), sent_us);
}

char* JsonMessages::trade(char* out, std::string_view symbol, const Event& event,
                          std::int64_t sent_us) const {
  out = put(out, "{\"type\":\"trade\",\"symbol\":\"");
  out = put(out, symbol);
  out = put(out, "\",");
  return put_sent(put_trade_fields(out, event), sent_us);
}

char* JsonMessages::trades_begin(char* out, const SnapshotHead& head) const {
  out = put_head(put(out, "{\"type\":\"snapshot\",\"channel\":\"trades\""), head);
  return put(out, ",\"trades\":[");
}

char* JsonMessages::past_trade(char* out, const Event& event, bool first) const {
  if (!first) *out++ = ',';
  *out++ = '{';
  out = put_trade_fields(out, event);
  *out++ = '}';
  return out;
}

char* JsonMessages::trades_end(char* out, std::int64_t sent_us) const {
  *out++ = ']';
  return put_sent(out, sent_us);
}

char* JsonMessages::gap(char* out, std::string_view channel, std::string_view symbol,
                        const LostRange& lost) const {
  out = put(out, "{\"type\":\"gap\",\"channel\":\"");
  out = put(out, channel);
  out = put(out, "\",\"symbol\":\"");
  out = put(out, symbol);
  out = put(out, "\",\"from\":");
  out = put(out, lost.from());
  out = put(out, ",\"to\":");
  out = put(out, lost.to());
  if (lost.reason() == Reason::none) {
    out = put(out, ",\"lost\":");
    out = put(out, lost.count());
  } else {
    out = put(out, ",\"reason\":");
    out = put_name(out, reason_names[static_cast<std::size_t>(lost.reason())]);
    out = put(out, ",\"lost\":null");
  }
  *out++ = '}';
  return out;
}

char* JsonMessages::slow(char* out, const SlowNotice& notice) const {
  out = put(out, "{\"type\":\"slow\",\"state\":");
  out = notice.conflating ? put(out, "\"conflating\"") : put(out, "\"live\"");
  out = put(out, ",\"queued_bytes\":");
  out = put(out, notice.queued_bytes);
  out = put(out, ",\"interval_ms\":");
  out = put(out, std::uint64_t{notice.interval_ms});
  *out++ = '}';
  return out;
}

}  // namespace ticker
