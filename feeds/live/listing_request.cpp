// How a venue's list of instruments is had: from a file, or over REST page by
// page; and what it says of the configured symbols.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "feeds/live/live.hpp"

namespace ticker::feeds {
namespace {

constexpr int pages_max = 100;

struct Request : std::enable_shared_from_this<Request> {
  Request(const VenueEntry& entry, const VenueOptions& options, const FeedLimits& given,
          Network& net, std::function<void(std::optional<Listing>, const Failure&)> told)
      : dialect(entry.make_dialect(options)), limits(given), network(net), done(std::move(told)) {
    const auto url =
        options.rest_url.empty() ? dialect->talk().rest_url : std::string_view(options.rest_url);
    (void)read_url(url, endpoint);
    endpoint.ca_file = options.ca_file;
    Endpoint proxy;
    if (!options.proxy.empty() && read_url(options.proxy, proxy)) {
      endpoint.proxy_host = proxy.host;
      endpoint.proxy_port = proxy.port;
    }
  }

  void ask(const std::string& target) {
    endpoint.target = target;
    network.get(endpoint, limits.feed_step_ms,
                [self = shared_from_this()](const Answer& answer) { self->take(answer); });
  }

  void take(const Answer& answer) {
    std::string next;
    if (answer.status != 200) return done(std::nullopt, answer.failure);
    if (!dialect->read_list(answer.body, listing, next)) {
      return done(std::nullopt, {.text = "the list of instruments is none"});
    }
    if (next.empty() || ++pages == pages_max) return done(std::move(listing), {});
    ask(next);
  }

  const std::unique_ptr<Dialect> dialect;
  const FeedLimits limits;
  Network& network;
  std::function<void(std::optional<Listing>, const Failure&)> done;
  Endpoint endpoint;
  Listing listing;
  int pages = 0;
};

bool is_url(std::string_view url, std::string_view secure, std::string_view plain) {
  Endpoint endpoint;
  return (url.starts_with(secure) || url.starts_with(plain)) && read_url(url, endpoint);
}

// Letters and digits only, in capitals: `btc/usdt` and `BTC-USDT` are meant
// alike.
std::string bare(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') {
      letters += static_cast<char>(c - 'a' + 'A');
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      letters += c;
    }
  }
  return letters;
}

std::optional<Listing> read_file(const VenueEntry& entry, const VenueOptions& options,
                                 std::string& error) {
  std::ifstream file(options.symbols_file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::string next;
  Listing listing;
  if (!file) {
    error = "cannot be read: " + options.symbols_file;
  } else if (!entry.make_dialect(options)->read_list(text, listing, next)) {
    error = "is no list of the venue's instruments: " + options.symbols_file;
  } else {
    return listing;
  }
  return std::nullopt;
}

}  // namespace

void fetch_listing(const VenueEntry& entry, const VenueOptions& options, const FeedLimits& limits,
                   Network& network,
                   std::function<void(std::optional<Listing>, const Failure&)> done) {
  if (!options.symbols_file.empty()) {
    Failure failure;
    std::optional<Listing> listing = read_file(entry, options, failure.text);
    return done(std::move(listing), failure);
  }
  const auto request = std::make_shared<Request>(entry, options, limits, network, std::move(done));
  request->ask(request->dialect->list_target());
}

std::vector<std::string> unknown_symbols(const VenueEntry& entry, const VenueOptions& options,
                                         const Listing& listing) {
  std::vector<std::string> mistakes;
  for (const std::string& name : options.symbols) {
    const auto known = std::ranges::find(listing, name, &Listed::name);
    if (known != listing.end() && known->trading) continue;
    std::string mistake = std::string(entry.venue) +
                          (known == listing.end() ? " does not know the symbol "
                                                  : " does not trade now the symbol ") +
                          name;
    // Clients name the venue before the colon; here it is known.
    const std::string prefix = std::string(entry.venue) + ':';
    const std::string meant = bare(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
    const auto near = std::ranges::find_if(listing, [&](const Listed& listed) {
      return listed.name != name && (bare(listed.name) == meant || bare(listed.symbol) == meant);
    });
    if (near != listing.end()) mistake += "; did you mean " + near->name + "?";
    mistakes.push_back(std::move(mistake));
  }
  return mistakes;
}

std::vector<OptionMistake> check_live(const VenueEntry& entry, const VenueOptions& options,
                                      const FeedLimits& limits) {
  std::vector<OptionMistake> mistakes;
  const auto check = [&](bool right, const char* key, std::string what) {
    if (!right) mistakes.push_back({key, std::move(what)});
  };
  check(!options.symbols.empty(), "symbols",
        "names none, yet the feed is chosen; allowed: one or more, like "
        "\"BTC-USDT\"");
  check(options.symbols.size() <= limits.feed_symbols_max, "symbols",
        "names " + std::to_string(options.symbols.size()) +
            "; allowed: at most limits.feed_symbols_max (" +
            std::to_string(limits.feed_symbols_max) + ")");
  check(!options.channels.empty(), "channels", "names none; allowed: \"ticker\", \"trades\"");
  check(options.url.empty() || is_url(options.url, "wss://", "ws://"), "url",
        "is \"" + options.url + "\"; allowed: wss://host[:port][/path], or ws:// without TLS");
  check(options.rest_url.empty() || is_url(options.rest_url, "https://", "http://"), "rest_url",
        "is \"" + options.rest_url + "\"; allowed: https://host[:port], or http:// without TLS");
  check(options.proxy.empty() || is_url(options.proxy, "http://", "http://"), "proxy",
        "is \"" + options.proxy + "\"; allowed: http://host:port");
  check(options.ca_file.empty() || std::ifstream(options.ca_file).good(), "ca_file",
        "names a file that cannot be read: " + options.ca_file);
  if (options.symbols_file.empty()) return mistakes;
  std::string error;
  const std::optional<Listing> listing = read_file(entry, options, error);
  if (!listing) {
    mistakes.push_back({"symbols_file", error});
  } else {
    for (const std::string& mistake : unknown_symbols(entry, options, *listing)) {
      mistakes.push_back({"symbols", "are not all there: " + mistake});
    }
  }
  return mistakes;
}

}  // namespace ticker::feeds
