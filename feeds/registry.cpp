#include "feeds/registry.hpp"

#include "feeds/binance/binance.hpp"
#include "feeds/bybit/bybit.hpp"
#include "feeds/coinbase/coinbase.hpp"
#include "feeds/kraken/kraken.hpp"
#include "feeds/okx/okx.hpp"

namespace ticker::feeds {
namespace {

constexpr VenueEntry table[] = {
    {"binance", binance::endpoints, binance::categories, binance::trades, binance::quotes,
     binance::make_adapter, binance::make_dialect},
    {"binance_us", binance::us_endpoints, binance::categories, binance::trades, binance::quotes,
     binance::make_us_adapter, binance::make_us_dialect},
    {"coinbase", coinbase::endpoints, coinbase::categories, coinbase::trades, coinbase::quotes,
     coinbase::make_adapter, coinbase::make_dialect},
    {"kraken", kraken::endpoints, kraken::categories, kraken::trades, kraken::quotes,
     kraken::make_adapter, kraken::make_dialect},
    {"okx", okx::endpoints, okx::categories, okx::trades, okx::quotes, okx::make_adapter,
     okx::make_dialect},
    {"bybit", bybit::endpoints, bybit::categories, bybit::trades, bybit::quotes,
     bybit::make_adapter, bybit::make_dialect},
    {"bybit_linear", bybit::linear_endpoints, bybit::linear_categories, bybit::trades,
     bybit::linear_quotes, bybit::make_adapter, bybit::make_linear_dialect},
};

}  // namespace

Venues venues() { return table; }

}  // namespace ticker::feeds
