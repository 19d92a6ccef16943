#include "connectivity/random_words.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "connectivity/random_words.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Every instruction set must round alike: this file is compiled without contraction of products and
// sums, and uses nothing but basic operations on doubles.
HWY_BEFORE_NAMESPACE();
namespace saltus::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Words = hn::ScalableTag<std::uint64_t>;
using Doubles = hn::RebindToFloat<Words>;
using V = hn::Vec<Words>;
using F = hn::Vec<Doubles>;

/// The product of the low halves of the lanes.
HWY_INLINE V multiply_low(V a, V b) {
#if HWY_TARGET == HWY_SCALAR
    const V low = hn::Set(Words(), 0xFFFFFFFFU);
    return hn::Mul(hn::And(a, low), hn::And(b, low));
#else
    const hn::Repartition<std::uint32_t, Words> half;
    return hn::MulEven(hn::BitCast(half, a), hn::BitCast(half, b));
#endif
}

/// Ten rounds of Philox on one counter a lane, kVectors vectors at once to hide the latency of
/// products. The high halves of the lanes hold remains that no operation here looks at.
template <int kVectors>
HWY_INLINE void philox(const RandomStream& stream, std::uint64_t element, std::uint64_t draw,
                       V (&word)[kVectors][4]) {
    const Words d;
    const V multiplier0 = hn::Set(d, 0xD2511F53U);
    const V multiplier1 = hn::Set(d, 0xCD9E8D57U);
    const std::uint64_t high = static_cast<std::uint32_t>((element >> 32) << 8);
    const V lane = hn::Iota(d, 0);
#pragma GCC unroll 4
    for (int i = 0; i < kVectors; ++i) {
        word[i][0] = hn::Set(d, static_cast<std::uint32_t>(element));
        word[i][1] = hn::Set(d, high);
        word[i][2] = hn::Add(lane, hn::Set(d, draw + static_cast<std::uint64_t>(i) * hn::Lanes(d)));
        word[i][3] = hn::Set(d, stream.owner());
    }
    std::uint32_t key0 = stream.key()[0];
    std::uint32_t key1 = stream.key()[1];
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
        const V k0 = hn::Set(d, key0);
        const V k1 = hn::Set(d, key1);
#pragma GCC unroll 4
        for (int i = 0; i < kVectors; ++i) {
            const V product0 = multiply_low(word[i][0], multiplier0);
            const V product1 = multiply_low(word[i][2], multiplier1);
            word[i][0] = hn::Xor(hn::Xor(hn::ShiftRight<32>(product1), word[i][1]), k0);
            word[i][1] = product1;
            word[i][2] = hn::Xor(hn::Xor(hn::ShiftRight<32>(product0), word[i][3]), k1);
            word[i][3] = product0;
        }
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
}

/// Stores the low halves of four vectors, lane by lane.
HWY_INLINE void store_lanes(const V (&number)[4], std::uint32_t* out) {
    const Words d;
    const V low = hn::Set(d, 0xFFFFFFFFU);
    const V first = hn::Or(hn::And(number[0], low), hn::ShiftLeft<32>(number[1]));
    const V second = hn::Or(hn::And(number[2], low), hn::ShiftLeft<32>(number[3]));
    // Words are little-endian pairs of halves on all targets.
    hn::StoreInterleaved2(first, second, d, reinterpret_cast<std::uint64_t*>(out));
}

/// Draws words and stores map(word) for each, `count` in all.
template <class Map>
HWY_INLINE void fill(const RandomStream& stream, std::uint64_t element, std::size_t first,
                     std::size_t count, std::uint32_t* out, const Map& map) {
    const std::size_t words = 4 * hn::Lanes(Words());
    std::size_t at = 0;
    const auto run = [&]<int kVectors>() HWY_ATTR {
        V word[kVectors][4];
        philox<kVectors>(stream, element, (first + at) / 4, word);
#pragma GCC unroll 4
        for (int i = 0; i < kVectors; ++i, at += words) {
#pragma GCC unroll 4
            for (V& w : word[i])
                w = map(w);
            if (count - at >= words) {
                store_lanes(word[i], out + at);
                continue;
            }
            HWY_ALIGN std::uint32_t rest[HWY_MAX_BYTES / 2];
            store_lanes(word[i], rest);
            std::memcpy(out + at, rest, (count - at) * sizeof(std::uint32_t));
        }
    };
    // Four at once take hardly longer than two, since each round waits for the one before.
    while (at < count) {
        const std::size_t vectors = (count - at + words - 1) / words;
        if (vectors >= 4) {
            run.template operator()<4>();
        } else if (vectors == 3) {
            run.template operator()<3>();
        } else if (vectors == 2) {
            run.template operator()<2>();
        } else {
            run.template operator()<1>();
        }
    }
}

void words_of(const RandomStream& stream, std::uint64_t element, std::size_t first,
              std::size_t count, std::uint32_t* out) {
    fill(stream, element, first, count, out, [](V word) HWY_ATTR { return word; });
}

/// A number below 2^52 as a double.
HWY_INLINE F to_double(V number) {
    const Doubles d;
    const V exponent = hn::Set(Words(), 0x4330000000000000U);
    return hn::Sub(hn::BitCast(d, hn::Or(number, exponent)), hn::Set(d, 0x1p52));
}

/// -log((word + 1) / 2^32), as k log 2 - 2 atanh(s) with s = (m - 1) / (m + 1) and the mantissa m
/// between sqrt(1/2) and sqrt(2); exactly 0 for the greatest word. The series ends where it is off
/// by less than 2e-11, a tenth of the distance of neighbouring uniform numbers.
HWY_INLINE F negative_log(V word) {
    const Words u;
    const Doubles d;
    const F one = hn::Set(d, 1.0);
    const V bits = hn::BitCast(u, hn::Add(to_double(hn::And(word, hn::Set(u, 0xFFFFFFFFU))), one));
    const V power = hn::ShiftRight<52>(hn::Sub(bits, hn::Set(u, 0x3FE6A09E667F3BCDU)));
    const F m = hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<52>(power)));
    const F s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
    const F square = hn::Mul(s, s);
    F sum = hn::Set(d, 2.0 / 11.0);
#pragma GCC unroll 8
    for (int divisor = 9; divisor > 0; divisor -= 2)
        sum = hn::Add(hn::Mul(sum, square), hn::Set(d, 2.0 / divisor));
    const F halvings = hn::Sub(hn::Set(d, 32.0), to_double(power));
    return hn::Sub(hn::Mul(halvings, hn::Set(d, std::numbers::ln2)), hn::Mul(s, sum));
}

void gaps_of(const RandomStream& stream, std::uint64_t element, std::size_t first, double scale,
             std::uint32_t limit, std::size_t count, std::uint32_t* out) {
    const Doubles d;
    const F factor = hn::Set(d, scale);
    const F most = hn::Set(d, static_cast<double>(limit));
    fill(stream, element, first, count, out, [&](V word) HWY_ATTR {
        const F gap = hn::Floor(hn::Min(hn::Mul(negative_log(word), factor), most));
        return hn::BitCast(Words(), hn::Add(gap, hn::Set(d, 0x1p52)));
    });
}

void numbers_of(const RandomStream& stream, std::uint64_t element, std::size_t first,
                std::uint32_t bound, std::uint32_t skipped, std::size_t count, std::uint32_t* out) {
    const Words u;
    const V range = hn::Set(u, skipped < bound ? bound - 1 : bound);
    const V gap = hn::Set(u, skipped);
    const V one = hn::Set(u, std::uint64_t{1});
    fill(stream, element, first, count, out, [&](V word) HWY_ATTR {
        const V number = hn::ShiftRight<32>(multiply_low(word, range));
        return hn::Add(number, hn::IfThenZeroElse(hn::Lt(number, gap), one));
    });
}

}  // namespace saltus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus {

HWY_EXPORT(words_of);
HWY_EXPORT(gaps_of);
HWY_EXPORT(numbers_of);

void random_words(const RandomStream& stream, std::uint64_t element, std::size_t first,
                  std::span<std::uint32_t> words) {
    HWY_DYNAMIC_DISPATCH(words_of)(stream, element, first, words.size(), words.data());
}

void random_gaps(const RandomStream& stream, std::uint64_t element, std::size_t first, double scale,
                 std::uint32_t limit, std::span<std::uint32_t> gaps) {
    HWY_DYNAMIC_DISPATCH(gaps_of)
    (stream, element, first, scale, limit, gaps.size(), gaps.data());
}

void random_numbers(const RandomStream& stream, std::uint64_t element, std::size_t first,
                    std::uint32_t bound, std::uint32_t skipped, std::span<std::uint32_t> numbers) {
    HWY_DYNAMIC_DISPATCH(numbers_of)
    (stream, element, first, bound, skipped, numbers.size(), numbers.data());
}

double log_of_complement(double p) {
    // log(x) = k log 2 + 2 atanh((m - 1) / (m + 1)). Where 1 - p would round, x is not formed.
    int power = 0;
    double s = -p / (2.0 - p);
    if (p > 0.5) {
        const double m = 2.0 * std::frexp(1.0 - p, &power);
        --power;
        s = (m - 1.0) / (m + 1.0);
    }
    const double square = s * s;
    double sum = 0.0;
    for (int divisor = 41; divisor > 0; divisor -= 2)
        sum = sum * square + 2.0 / divisor;
    return power * std::numbers::ln2 + s * sum;
}

}  // namespace saltus
#endif
