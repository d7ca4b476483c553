// One connection of a venue, with all that belongs to it: wire, state machine,
// adapter, books. Does what the state machine wants, lets the adapter read what
// comes, and hands on what was said. Knows nothing of statuses and of other
// connections. Belongs to one feed thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "feeds/book/books.hpp"
#include "feeds/contract/tap.hpp"
#include "feeds/contract/venue.hpp"
#include "feeds/contract/wire.hpp"
#include "feeds/live/connect_fsm.hpp"

namespace ticker::feeds {

/// What all connections of a venue share.
struct VenueParts {
  const VenueEntry& entry;
  const VenueOptions& options;
  const FeedLimits& limits;
  const Dialect& dialect;
  Network& network;
  Pacer& connects;
  Tap* tap;  // hears all that goes over the wires; null: nobody does
};

class Link final : public WireListener {
 public:
  /// Hears what a link's venue says, already in order within the link.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void begin_frame(Link& link, const Receipt& receipt) = 0;
    virtual void end_frame(Link& link, Verdict verdict, std::string_view frame) = 0;
    virtual void overflow() = 0;
    /// The stream of quotes spoke of this symbol, whatever will come of it. False: it is none of
    /// the connection's.
    virtual bool heard_quote(Link& link, std::string_view symbol) = 0;
    virtual void ticker(Link& link, const TickerUpdate& update) = 0;
    virtual void trade(Link& link, const TradeUpdate& update) = 0;
    /// A book is broken (`resyncing`) or right again (`live`).
    virtual void book_status(Link& link, std::string_view symbol, Status status, Reason why) = 0;
    virtual void notice(Link& link, const Notice& notice) = 0;
    virtual void opened(Link& link, const Receipt& now) = 0;
  };

  Link(const VenueParts& parts, std::span<const std::string> symbols, Owner& owner,
       std::uint64_t seed);
  ~Link() override;

  /// Does what is due. Returns true when a successor is wanted.
  bool pump(const Receipt& now);
  [[nodiscard]] std::int64_t due(std::int64_t now_ns) { return fsm_.due(now_ns); }

  [[nodiscard]] ConnectFsm& fsm() { return fsm_; }
  [[nodiscard]] const ConnectFsm& fsm() const { return fsm_; }
  [[nodiscard]] Books& books() { return books_; }
  /// True if a missing update of a book can be told.
  [[nodiscard]] bool is_numbered() const {
    const BookRules rules = adapter_->book_rules();
    return rules.sequence != BookRules::Sequence::none ||
           rules.checksum != BookRules::Checksum::none;
  }
  [[nodiscard]] const std::string& url() const { return url_; }
  /// When what is being read was received.
  [[nodiscard]] const Receipt& now() const { return now_; }

  /// Sends these messages, in the venue's pace. False when too many wait.
  bool say(std::vector<std::string> messages);
  /// Messages that were said and are not sent yet.
  [[nodiscard]] std::size_t waiting() const { return outgoing_.size(); }
  /// The answer to a REST request for this link's books.
  Verdict answer(std::string_view target, std::string_view body, const Receipt& received);

  // WireListener
  void stepped(const Receipt& now) override;
  void heard(std::string_view frame, const Receipt& receipt) override;
  void pinged(const Receipt& now) override;
  void failed(const Failure& failure, const Receipt& now) override;

 private:
  // What the adapter says, before the books; and what comes out of them.
  class Ear;
  class Mouth;

  void dial();
  void open(const Receipt& now);
  void send(const Receipt& now);

  const VenueParts& parts_;
  const std::span<const std::string> symbols_;
  Owner& owner_;
  Endpoint endpoint_;
  std::string url_;
  ConnectFsm fsm_;
  std::unique_ptr<Adapter> adapter_;
  std::unique_ptr<Mouth> mouth_;
  Books books_;
  std::unique_ptr<Ear> ear_;
  std::deque<std::string> outgoing_;
  std::unique_ptr<Wire> wire_;
  ConnectFsm::Proof proof_ = ConnectFsm::Proof::pong;  // what the frame being read proves
  Receipt now_;
  bool wire_ended_ = false;  // it may not be destroyed from within its own call
};

}  // namespace ticker::feeds
