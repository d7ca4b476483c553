// What clients ask for: real requests, as JSON.
#include "tests/sim/simulation.hpp"

namespace ticker::sim {
namespace {

void append(std::string& json, std::string_view key, const std::vector<std::string>& texts) {
  json += ",\"" + std::string(key) + "\":[";
  for (const std::string& text : texts) json += '"' + text + "\",";
  if (texts.empty()) json += ']';
  json.back() = ']';
}

void append_resume(std::string& json, const Ask& ask) {
  json += ",\"resume\":{";
  for (const auto& [symbol, at] : ask.resume) {
    json += '"' + symbol + R"(":{"epoch":")" + at.epoch;
    json += R"(","seq":)" + std::to_string(at.seq) + "},";
  }
  json.back() = '}';
}

std::string json_of(const Ask& ask) {
  if (ask.op == Ask::Op::ping) {
    return ask.id ? R"({"op":"ping","id":)" + std::to_string(*ask.id) + "}" : R"({"op":"ping"})";
  }
  std::string json = R"({"op":")";
  json += ask.op == Ask::Op::subscribe ? "subscribe" : "unsubscribe";
  json += R"(","id":)" + std::to_string(*ask.id) + R"(,"channel":")";
  json += ask.trades ? "trades\"" : "ticker\"";
  append(json, "symbols", ask.symbols);
  if (ask.partial) json += ",\"partial\":true";
  if (ask.interval_ms > 0) json += ",\"interval_ms\":" + std::to_string(ask.interval_ms);
  if (!ask.field_list.empty()) append(json, "fields", ask.field_list);
  if (!ask.resume.empty()) append_resume(json, ask);
  return json + "}";
}

}  // namespace

// Somebody who does not wait for very many answers yet.
SimClient* Simulation::asking() {
  constexpr std::size_t requests_max = 12;
  SimClient* const client = connected();
  const bool full = client != nullptr && client->connection->requests.size() >= requests_max;
  return full ? nullptr : client;
}

void Simulation::send(SimClient& client, const Ask& ask) {
  client.model.asked(ask);
  client.connection->requests.push_back(json_of(ask));
}

// Names, wildcards and what does not exist.
void Simulation::choose_symbols(Ask& ask) {
  if (chance_.one_in(5)) ask.symbols.push_back(std::string(venue_names[chance_.below(2)]) + ":*");
  const std::uint64_t names = ask.symbols.empty() ? chance_.between(1, 5) : chance_.below(3);
  for (std::uint64_t i = 0; i < names; ++i) ask.symbols.push_back(symbol_name(some_instrument()));
  if (chance_.one_in(12)) ask.symbols.push_back(chance_.one_in(2) ? "aa:NONE" : "cc:*");
  std::vector<std::string> once;
  for (std::string& symbol : ask.symbols) {
    if (std::find(once.begin(), once.end(), symbol) == once.end()) once.push_back(symbol);
  }
  ask.symbols = std::move(once);
}

// How often, and which fields: a list in any order, perhaps with repeats.
void Simulation::choose_shape(Ask& ask) {
  static constexpr std::uint32_t intervals_ms[] = {1,   60,  100,   101,   250,   400,
                                                   500, 999, 1'000, 4'000, 70'000};
  // Few different ones, so that some are shared.
  static constexpr FieldMask filters[] = {0b11,   0b101,       0,        0b1000010000,
                                          0b1111, every_value, 0b1110000};
  ask.interval_ms = chance_.one_in(3) ? 0 : chance_.of(intervals_ms);
  ask.fields = every_value;
  ask.field_list.clear();
  if (ask.trades || chance_.one_in(2)) return;
  ask.fields = chance_.one_in(5) ? static_cast<FieldMask>(chance_.below(every_value + 1))
                                 : chance_.of(filters);
  for (std::size_t i = 0; i < field_count; ++i) {
    if ((ask.fields >> i & 1U) == 0) continue;
    const auto place = static_cast<std::ptrdiff_t>(chance_.below(ask.field_list.size() + 1));
    ask.field_list.insert(ask.field_list.begin() + place, std::string(field_names[i]));
  }
  if (ask.field_list.empty() || chance_.one_in(3)) ask.field_list.emplace_back("status");
  if (chance_.one_in(4)) ask.field_list.push_back(ask.field_list.front());
}

// Where the client is, by its own account; now and then where nobody is.
void Simulation::add_point(Ask& ask, std::string_view symbol, const std::string& epoch,
                           std::uint64_t seq) {
  if (ask.resume.size() == limits_.subscriptions_max) return;
  ResumeAt at{epoch, seq};
  if (chance_.one_in(8)) at.seq = chance_.below(seq + 1);
  if (chance_.one_in(15)) at.seq = (std::uint64_t{1} << 53) - 1;
  if (chance_.one_in(15)) at.epoch = "e0";
  ask.resume.emplace(symbol, at);
}

// A client names a place only while it has all that it stands for: the wanted values as of then.
// An answer or a snapshot under way may change that, so it asks when there is none.
void Simulation::choose_resume(const SimClient& client, Ask& ask) {
  if (client.model.has_asked(ask.trades)) return;
  if (ask.trades) {
    for (const auto& [symbol, view] : client.model.trades) {
      if (!chance_.one_in(6)) add_point(ask, symbol, view.epoch, view.seq);
    }
    return;
  }
  for (const auto& [symbol, view] : client.model.tickers) {
    const bool awaited = client.model.subscribed(false, symbol) && !client.model.current(symbol);
    if ((ask.fields & ~view.fields) != 0 || awaited || chance_.one_in(6)) continue;
    add_point(ask, symbol, view.epoch, view.seq);
  }
}

// As a client does that lost its connection.
void Simulation::subscribe_again(SimClient& client) {
  for (const bool trades : {false, true}) {
    Ask ask{.op = Ask::Op::subscribe, .id = client.next_id++, .trades = trades, .partial = true};
    for (std::size_t i = 0; i < instrument_count; ++i) {
      const std::string symbol = symbol_name(i);
      const bool had =
          trades ? client.model.trades.contains(symbol) : client.model.tickers.contains(symbol);
      if (had && !chance_.one_in(4)) ask.symbols.push_back(symbol);
    }
    if (chance_.one_in(5)) ask.symbols.assign(1, std::string(venue_names[chance_.below(2)]) + ":*");
    if (ask.symbols.empty()) continue;
    if (chance_.one_in(2)) choose_shape(ask);
    choose_resume(client, ask);
    send(client, ask);
    note(client.name + ": " + client.connection->requests.back());
  }
}

void Simulation::subscribe() {
  SimClient* const client = asking();
  if (client == nullptr) return;
  Ask ask{.op = Ask::Op::subscribe, .id = client->next_id++};
  ask.trades = chance_.one_in(3);
  ask.partial = !chance_.one_in(4);
  if (chance_.one_in(3)) ask.symbols = client->model.patterns(ask.trades);
  if (ask.symbols.empty() || chance_.one_in(3)) choose_symbols(ask);
  choose_shape(ask);
  if (client->speed != FakeClient::endless || chance_.one_in(3)) choose_resume(*client, ask);
  send(*client, ask);
  note(client->name + ": " + client->connection->requests.back());
}

void Simulation::unsubscribe() {
  SimClient* const client = asking();
  if (client == nullptr) return;
  Ask ask{.op = Ask::Op::unsubscribe, .id = client->next_id++};
  ask.trades = chance_.one_in(3);
  ask.partial = chance_.one_in(2);
  for (const std::string& pattern : client->model.patterns(ask.trades)) {
    if (chance_.one_in(3)) ask.symbols.push_back(pattern);
  }
  if (ask.symbols.empty() || chance_.one_in(10)) choose_symbols(ask);
  std::sort(ask.symbols.begin(), ask.symbols.end());
  ask.symbols.erase(std::unique(ask.symbols.begin(), ask.symbols.end()), ask.symbols.end());
  send(*client, ask);
  note(client->name + ": " + client->connection->requests.back());
  // Often at once again.
  if (!chance_.one_in(3)) return;
  ask.op = Ask::Op::subscribe;
  ask.id = client->next_id++;
  if (chance_.one_in(2)) choose_shape(ask);
  send(*client, ask);
  note(client->name + ": " + client->connection->requests.back());
}

void Simulation::odd_request() {
  struct Odd {
    std::string_view text;
    std::optional<std::uint64_t> id;
    std::string_view error;
  };
  static constexpr Odd all[] = {
      {"{", {}, "bad_json"},
      {"[]", {}, "bad_request"},
      {R"({"op":"dance","id":5})", 5, "unknown_op"},
      {R"({"op":"subscribe","channel":"ticker","symbols":["aa:*"]})", {}, "bad_id"},
      {R"({"op":"subscribe","id":6,"channel":"books","symbols":["aa:*"]})", 6, "unknown_channel"},
      {R"({"op":"subscribe","id":7,"channel":"ticker","symbols":[]})", 7, "bad_request"},
      {R"({"op":"subscribe","id":9,"channel":"ticker","symbols":["aa:*"],"fields":["bids"]})", 9,
       "unknown_field"},
      {R"({"op":"subscribe","id":10,"channel":"trades","symbols":["aa:*"],"fields":["bid"]})", 10,
       "bad_request"},
      {R"({"op":"subscribe","id":11,"channel":"ticker","symbols":["a"],"resume":{"a":{"seq":1}}})",
       11, "bad_request"},
      {R"({"op":"subscribe","id":12,"channel":"ticker","symbols":["aa:*"],"interval_ms":-1})", 12,
       "bad_request"},
      {R"({"op":"subscribe","id":8,"channel":"ticker","symbols":["aa:*",3]})", 8, "bad_request"},
  };
  SimClient* const client = asking();
  if (client == nullptr) return;
  if (chance_.one_in(2)) {
    Ask ask;
    if (chance_.one_in(2)) ask.id = client->next_id++;
    return send(*client, ask);
  }
  const Odd& odd = chance_.of(all);
  client->model.asked({.op = Ask::Op::wrong, .id = odd.id, .error = odd.error});
  client->connection->requests.emplace_back(odd.text);
}

}  // namespace ticker::sim
