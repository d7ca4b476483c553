// Requests to subscribe and to unsubscribe: the part that only they have.
#include <algorithm>
#include <unordered_set>

#include "gateway/protocol/command_reader.hpp"

namespace ticker {

bool CommandReader::read_subscription() {
  if (!read_channel() || !read_partial()) return false;
  // How data should come says nothing to who wants no more of it.
  const bool begins = command_.op == Command::Op::subscribe;
  return (!begins || (read_interval() && read_fields() && read_resume())) && read_symbols();
}

template <typename Wanted>
std::string CommandReader::names(Wanted wanted) const {
  std::string list;
  for (const ChannelTraits& one : channels_) {
    if (wanted(one)) (list += list.empty() ? "" : ", ") += one.name;
  }
  return list;
}

bool CommandReader::read_channel() {
  dom::element value;
  bool found = false;
  if (!get(object_, "channel", value, found)) return false;
  std::string_view name;
  if (!found || value.get_string().get(name) != simdjson::SUCCESS) {
    return fail("bad_request", "'channel' is missing or not a string");
  }
  const auto known = std::ranges::find(channels_, name, &ChannelTraits::name);
  if (known == channels_.end()) {
    return fail("unknown_channel",
                "'channel' is one of " + names([](const ChannelTraits&) { return true; }));
  }
  command_.channel = static_cast<ChannelId>(known - channels_.begin());
  return true;
}

bool CommandReader::read_partial() {
  dom::element value;
  bool found = false;
  if (!get(object_, "partial", value, found)) return false;
  if (found && value.get_bool().get(command_.partial) != simdjson::SUCCESS) {
    return fail("bad_request", "'partial' is true or false");
  }
  return true;
}

bool CommandReader::read_interval() {
  dom::element value;
  bool found = false;
  if (!get(object_, "interval_ms", value, found)) return false;
  std::uint64_t interval_ms = 0;
  if (found && value.get_uint64().get(interval_ms) != simdjson::SUCCESS) {
    return fail("bad_request", "'interval_ms' is a whole number of milliseconds");
  }
  if (channel().paced) command_.shape.pace = pace_for(interval_ms);
  return true;
}

bool CommandReader::read_fields() {
  dom::element value;
  bool found = false;
  if (!get(object_, "fields", value, found)) return false;
  if (!found) return true;
  if (!channel().has_fields) {
    return fail("bad_request", "'fields' is for the channel " +
                                   names([](const ChannelTraits& one) { return one.has_fields; }));
  }
  dom::array names;
  if (value.get_array().get(names) != simdjson::SUCCESS || names.size() == 0) {
    return fail("bad_request", "'fields' is a list of at least one name of a field");
  }
  command_.shape.fields = 0;
  for (const dom::element element : names) {
    std::string_view name;
    if (element.get_string().get(name) != simdjson::SUCCESS) {
      return fail("bad_request", "'fields' holds strings only");
    }
    const auto field = field_named(name);
    if (!field) return fail("unknown_field", "no such field: " + shortened(name));
    command_.shape.fields |= *field;
  }
  return true;
}

bool CommandReader::read_resume() {
  dom::element value;
  bool found = false;
  if (!get(object_, "resume", value, found)) return false;
  if (!found) return true;
  dom::object points;
  if (value.get_object().get(points) != simdjson::SUCCESS) {
    return fail("bad_request", "'resume' is an object: a symbol is its key");
  }
  std::unordered_set<std::string_view> seen;
  for (const auto point : points) {
    if (seen.size() == limits_.subscriptions_max) {
      return fail("bad_request",
                  "'resume' has at most " + std::to_string(limits_.subscriptions_max) + " symbols");
    }
    if (!seen.insert(point.key).second) {
      return fail("bad_request", "'resume' names a symbol twice: " + shortened(point.key));
    }
    if (!read_resume_point(point.key, point.value)) return false;
  }
  return true;
}

bool CommandReader::read_resume_point(std::string_view symbol, dom::element value) {
  const auto wrong = [&] {
    return fail("bad_request", R"('resume' holds {"epoch":string,"seq":integer} for each symbol; )"
                               "not so for " +
                                   shortened(symbol));
  };
  dom::object point;
  if (value.get_object().get(point) != simdjson::SUCCESS) return wrong();
  dom::element epoch, seq;
  bool has_epoch = false;
  bool has_seq = false;
  if (!get(point, "epoch", epoch, has_epoch) || !get(point, "seq", seq, has_seq)) return false;
  std::string_view epoch_text;
  std::uint64_t seq_number = 0;
  if (!has_epoch || epoch.get_string().get(epoch_text) != simdjson::SUCCESS || !has_seq ||
      seq.get_uint64().get(seq_number) != simdjson::SUCCESS || seq_number > exact_integer_max) {
    return wrong();
  }
  command_.resume.push_back({std::string(symbol), std::string(epoch_text), seq_number});
  return true;
}

bool CommandReader::read_symbols() {
  dom::element value;
  bool found = false;
  if (!get(object_, "symbols", value, found)) return false;
  dom::array symbols;
  if (!found || value.get_array().get(symbols) != simdjson::SUCCESS || symbols.size() == 0) {
    return fail("bad_request", "'symbols' is a list of at least one name or venue:*");
  }
  if (symbols.size() > limits_.symbols_per_request_max) {
    return fail("too_many_symbols", "at most " + std::to_string(limits_.symbols_per_request_max) +
                                        " symbols a request");
  }
  std::unordered_set<std::string_view> seen;
  for (const dom::element symbol : symbols) {
    std::string_view name;
    if (symbol.get_string().get(name) != simdjson::SUCCESS) {
      return fail("bad_request", "'symbols' holds strings only");
    }
    if (seen.insert(name).second) command_.symbols.emplace_back(name);
  }
  return true;
}

}  // namespace ticker
