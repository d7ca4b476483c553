// Names of Boost.Asio and Boost.Beast as this house uses them: concrete executors, no type erasure.
// Heavy: include it in .cpp files only.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <chrono>

namespace ticker {

namespace net = boost::asio;
namespace beast = boost::beast;
using tcp = net::ip::tcp;
using error_code = boost::system::error_code;

using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<tcp, Executor>;
using Timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                        net::wait_traits<std::chrono::steady_clock>, Executor>;
template <typename T>
using Awaitable = net::awaitable<T, Executor>;

/// Results come back as a tuple beginning with the error: nothing throws across a coroutine.
inline constexpr auto as_result = net::as_tuple(net::use_awaitable_t<Executor>{});

}  // namespace ticker
