// The venues that the mock can play, by the word of the configuration.

import { Binance } from './binance.mjs';
import { Bybit } from './bybit.mjs';
import { Coinbase } from './coinbase.mjs';
import { Kraken } from './kraken.mjs';
import { Okx } from './okx.mjs';

export const VENUES = { binance: Binance, coinbase: Coinbase, kraken: Kraken, okx: Okx,
  bybit: Bybit };
