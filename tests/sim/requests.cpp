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
  return json + "}";
}

}  // namespace

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

void Simulation::subscribe() {
  SimClient* const client = connected();
  if (client == nullptr) return;
  Ask ask{.op = Ask::Op::subscribe, .id = client->next_id++};
  ask.trades = chance_.one_in(3);
  ask.partial = !chance_.one_in(4);
  choose_symbols(ask);
  send(*client, ask);
  note(client->name + ": " + client->connection->requests.back());
}

void Simulation::unsubscribe() {
  SimClient* const client = connected();
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
      {R"({"op":"subscribe","id":8,"channel":"ticker","symbols":["aa:*",3]})", 8, "bad_request"},
  };
  SimClient* const client = connected();
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
