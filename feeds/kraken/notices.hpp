// What Kraken says of the conversation itself: its answers to our requests, and the state of its
// trading engine. Belongs to one adapter.
#pragma once

#include <string_view>

#include "feeds/contract/adapter.hpp"
#include "feeds/json/frame_reader.hpp"
#include "feeds/kraken/frame.hpp"

namespace ticker::feeds::kraken {

class NoticeReader {
 public:
  /// `frame`: the text of an answer; its padding must be readable.
  void answer(std::string_view frame, Sink& sink);

  /// `row`: the first row of a frame of channel `status`.
  static void status(const Row& row, Sink& sink);

 private:
  FrameReader answers_{answer_layout};
};

}  // namespace ticker::feeds::kraken
