// What Binance says of the conversation itself: its answers to our requests. Belongs to one
// adapter.
#pragma once

#include <string_view>

#include "feeds/contract/adapter.hpp"
#include "feeds/json/frame_reader.hpp"

namespace ticker::feeds::binance {

class NoticeReader {
 public:
  /// `row`: the answer. `frame`: its text, for what stands deeper in it; empty where it was
  /// wrapped.
  void answer(const Row& row, std::string_view frame, Sink& sink);

 private:
  static constexpr std::string_view keys[] = {"msg"};
  FrameReader errors_{Layout{keys, "error"}};  // the error is the row
};

}  // namespace ticker::feeds::binance
