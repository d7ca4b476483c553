#include "feeds/live/link.hpp"

#include <utility>

namespace ticker::feeds {
namespace {

constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);

std::string_view url_of(const VenueParts& parts) {
  return parts.options.url.empty() ? parts.dialect.talk().url : std::string_view(parts.options.url);
}

// The configuration was checked: what cannot be read here fails when it is
// resolved.
Endpoint endpoint_of(const VenueParts& parts, std::span<const std::string> symbols) {
  Endpoint endpoint;
  (void)read_url(url_of(parts), endpoint);
  endpoint.target = parts.dialect.target(endpoint.target, symbols);
  endpoint.ca_file = parts.options.ca_file;
  Endpoint proxy;
  if (!parts.options.proxy.empty() && read_url(parts.options.proxy, proxy)) {
    endpoint.proxy_host = proxy.host;
    endpoint.proxy_port = proxy.port;
  }
  return endpoint;
}

}  // namespace

// Before the books.
class Link::Ear final : public Sink {
 public:
  explicit Ear(Link& link) : link_(link) {}
  void received(const Receipt&) override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}
  void overflow() override { link_.owner_.overflow(); }
  void notice(const Notice& notice) override {
    if (notice.kind == Notice::Kind::leaving) link_.fsm_.leaving();
    const bool is_pong = notice.kind == Notice::Kind::heartbeat && notice.symbol.empty() &&
                         link_.parts_.dialect.talk().pong_is_life;
    if (!is_pong) link_.proof_ = ConnectFsm::Proof::data;
    link_.owner_.notice(link_, notice);
  }
  void ticker(const TickerUpdate& update) override {
    if ((update.mask & quote_mask) != 0) (void)link_.owner_.heard_quote(link_, update.symbol);
    link_.books_.ticker(update);
  }
  void trade(const TradeUpdate& update) override { link_.books_.trade(update); }
  void book(const BookUpdate& update) override {
    // What was not asked for must not take the room of a book that was.
    if (link_.owner_.heard_quote(link_, update.symbol)) link_.books_.book(update);
  }

 private:
  Link& link_;
};

// Behind the books.
class Link::Mouth final : public Sink {
 public:
  explicit Mouth(Link& link) : link_(link) {}
  void received(const Receipt&) override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}
  void overflow() override {}
  void ticker(const TickerUpdate& update) override { link_.owner_.ticker(link_, update); }
  void trade(const TradeUpdate& update) override { link_.owner_.trade(link_, update); }
  void status_of(std::string_view symbol, Status status, Reason reason) override {
    link_.owner_.book_status(link_, symbol, status, reason);
  }

 private:
  Link& link_;
};

Link::Link(const VenueParts& parts, std::span<const std::string> symbols, Owner& owner,
           std::uint64_t seed)
    : parts_(parts),
      symbols_(symbols),
      owner_(owner),
      endpoint_(endpoint_of(parts, symbols)),
      url_(url_of(parts)),
      fsm_(parts.dialect.talk(), parts.limits, endpoint_.tls, parts.connects, seed),
      adapter_(parts.entry.make(parts.options)),
      mouth_(std::make_unique<Mouth>(*this)),
      books_(adapter_->book_rules(), std::nullopt, *mouth_, symbols.size()),
      ear_(std::make_unique<Ear>(*this)) {}

Link::~Link() = default;

bool Link::pump(const Receipt& now) {
  if (std::exchange(wire_ended_, false)) wire_.reset();
  bool replace = false;
  for (;;) {
    switch (fsm_.act(now.steady_ns)) {
      case ConnectFsm::Action::none:
        return replace;
      case ConnectFsm::Action::dial:
        dial();
        break;
      case ConnectFsm::Action::connect:
        wire_->begin(Step::connect);
        break;
      case ConnectFsm::Action::secure:
        wire_->begin(Step::secure);
        break;
      case ConnectFsm::Action::upgrade:
        wire_->begin(Step::upgrade);
        break;
      case ConnectFsm::Action::open:
        break;  // done when it opened
      case ConnectFsm::Action::send:
        send(now);
        break;
      case ConnectFsm::Action::ping:
        if (const auto text = parts_.dialect.talk().ping; text.empty()) {
          wire_->ping();
        } else {
          (void)wire_->send(std::string(text));
        }
        break;
      case ConnectFsm::Action::replace:
        replace = true;
        break;
      case ConnectFsm::Action::close:
        wire_.reset();
        break;
    }
  }
}

void Link::dial() {
  wire_ = parts_.network.make_wire(endpoint_, *this);
  wire_->begin(Step::resolve);
}

void Link::open(const Receipt& now) {
  books_.forget_all();  // what an earlier connection told is no part of this one
  outgoing_.clear();
  owner_.opened(*this, now);
  (void)say(parts_.dialect.subscribe(symbols_));
}

bool Link::say(std::vector<std::string> messages) {
  const bool room = outgoing_.size() + messages.size() <= feed_sends_max;
  if (room) {
    for (std::string& message : messages) outgoing_.push_back(std::move(message));
  }
  fsm_.queued(outgoing_.size());
  return room;
}

void Link::send(const Receipt& now) {
  if (parts_.tap != nullptr) parts_.tap->sent(url_, outgoing_.front(), now);
  (void)wire_->send(std::move(outgoing_.front()));
  outgoing_.pop_front();
}

// What was asked for in the URL comes right behind the upgrade: nothing of it may be heard before
// all is made ready.
void Link::stepped(const Receipt& now) {
  const bool was_open = fsm_.is_open();
  fsm_.stepped(now.steady_ns);
  if (fsm_.is_open() && !was_open) open(now);
}

void Link::heard(std::string_view frame, const Receipt& receipt) {
  if (parts_.tap != nullptr) parts_.tap->received(url_, frame, receipt);
  proof_ = ConnectFsm::Proof::pong;
  now_ = receipt;
  owner_.begin_frame(*this, receipt);
  const Verdict verdict = adapter_->parse(frame, *ear_);
  owner_.end_frame(*this, verdict, frame);
  if (verdict == Verdict::data) proof_ = ConnectFsm::Proof::data;
  fsm_.heard(proof_, receipt.steady_ns);
}

void Link::pinged(const Receipt& now) { fsm_.heard(ConnectFsm::Proof::pong, now.steady_ns); }

void Link::failed(const Failure& failure, const Receipt& now) {
  wire_ended_ = true;
  fsm_.failed(failure, now.steady_ns);
}

Verdict Link::answer(std::string_view target, std::string_view body, const Receipt& received) {
  now_ = received;
  owner_.begin_frame(*this, received);
  const Verdict verdict = adapter_->parse_answer(target, body, *ear_);
  owner_.end_frame(*this, verdict, body);
  return verdict;
}

}  // namespace ticker::feeds
