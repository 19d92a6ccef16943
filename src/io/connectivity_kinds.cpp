#include <saltus/connectivity/avg_pool_2d.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_1d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/conv_2d_transpose.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/connectivity/fixed_number_post.hpp>
#include <saltus/connectivity/fixed_number_pre.hpp>
#include <saltus/connectivity/fixed_number_total.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/connectivity/one_to_one.hpp>
#include <saltus/connectivity/sparse.hpp>

#include "io/model_kinds.hpp"
#include "io/model_parts.hpp"

namespace saltus {
namespace {

// Greater sizes would be mistakes; errors say so before anything is computed from them.
constexpr std::size_t kMaxSize = 1'000'000;
constexpr std::size_t kMaxSynapses = std::size_t{1} << 40;

InitValue required_value(const TomlTable& table, std::string_view key) {
    table.require(key);
    return *read_value(table, key);
}

InitValue weight_of(const TomlTable& table) {
    return required_value(table, "weight");
}

InitValue delay_of(const TomlTable& table) {
    return read_value(table, "delay").value_or(InitValue(0.0));
}

std::size_t required_count(const TomlTable& table, std::string_view key, std::size_t maximum) {
    table.require(key);
    std::size_t count = 0;
    table.read_count(key, count, 0, maximum);
    return count;
}

std::size_t count_or(const TomlTable& table, std::string_view key, std::size_t fallback) {
    table.read_count(key, fallback, 0, kMaxSize);
    return fallback;
}

bool flag(const TomlTable& table, std::string_view key) {
    bool value = false;
    table.read(key, value);
    return value;
}

/// `key = 3` or `key = [3, 5]`, rows first.
std::optional<Param2D> read_2d(const TomlTable& table, std::string_view key) {
    if (!table.has(key)) return std::nullopt;
    if (!table.require(key).is_array()) return Param2D(required_count(table, key, kMaxSize));
    std::vector<std::size_t> numbers;
    table.read(key, numbers);
    if (numbers.size() == 2) return Param2D(numbers[0], numbers[1]);
    table.fail(key, std::string(key) + " has " + std::to_string(numbers.size()) + " numbers",
               "give one number, or two: [rows, columns]");
}

Param2D required_2d(const TomlTable& table, std::string_view key) {
    table.require(key);
    return *read_2d(table, key);
}

Padding padding_of(const TomlTable& table, std::string_view key) {
    std::string name = "valid";
    table.read(key, name);
    return table.locate(key, [&] { return Padding(name); });
}

/// Numbers of neurons.
std::vector<std::uint32_t> required_indices(const TomlTable& table, std::string_view key) {
    table.require(key);
    std::vector<std::size_t> numbers;
    table.read(key, numbers);
    for (const std::size_t number : numbers) {
        if (number <= UINT32_MAX) continue;
        table.fail(key, std::string(key) + " holds " + std::to_string(number),
                   "give numbers of neurons, which count from 0");
    }
    return {numbers.begin(), numbers.end()};
}

using Made = std::unique_ptr<Connectivity>;

Made read_dense(const TomlTable& table) {
    return std::make_unique<Dense>(weight_of(table), delay_of(table));
}

Made read_one_to_one(const TomlTable& table) {
    return std::make_unique<OneToOne>(weight_of(table), delay_of(table));
}

Made read_fixed_probability(const TomlTable& table) {
    double p = 0.0;
    table.require("p");
    table.read("p", p);
    return std::make_unique<FixedProbability>(
        p, weight_of(table), flag(table, "allow_self_connections"), delay_of(table));
}

template <typename FixedNumber>
Made read_fixed_number(const TomlTable& table) {
    return std::make_unique<FixedNumber>(required_count(table, "number", kMaxSynapses),
                                         weight_of(table), delay_of(table),
                                         flag(table, "allow_self_connections"));
}

Made read_sparse(const TomlTable& table) {
    return std::make_unique<Sparse>(Sparse::from_coo(required_indices(table, "pre"),
                                                     required_indices(table, "post"),
                                                     weight_of(table), delay_of(table)));
}

Made read_conv_1d(const TomlTable& table) {
    return std::make_unique<Conv1D>(weight_of(table), required_count(table, "filters", kMaxSize),
                                    required_count(table, "conv_size", kMaxSize),
                                    flag(table, "flatten"), count_or(table, "conv_stride", 1),
                                    padding_of(table, "conv_padding"), delay_of(table),
                                    count_or(table, "dilation", 1), count_or(table, "groups", 1));
}

Made read_conv_2d(const TomlTable& table) {
    return std::make_unique<Conv2D>(
        weight_of(table), required_count(table, "filters", kMaxSize),
        required_2d(table, "conv_size"), flag(table, "flatten"), read_2d(table, "conv_strides"),
        padding_of(table, "conv_padding"), delay_of(table),
        read_2d(table, "dilation").value_or(Param2D(1)), count_or(table, "groups", 1));
}

Made read_conv_2d_transpose(const TomlTable& table) {
    return std::make_unique<Conv2DTranspose>(
        weight_of(table), required_count(table, "filters", kMaxSize),
        required_2d(table, "conv_size"), flag(table, "flatten"), read_2d(table, "conv_strides"),
        padding_of(table, "conv_padding"), delay_of(table),
        read_2d(table, "dilation").value_or(Param2D(1)));
}

Made read_avg_pool_2d(const TomlTable& table) {
    return std::make_unique<AvgPool2D>(required_2d(table, "pool_size"), flag(table, "flatten"),
                                       read_2d(table, "pool_strides"), delay_of(table),
                                       padding_of(table, "pool_padding"));
}

Made read_avg_pool_conv_2d(const TomlTable& table) {
    return std::make_unique<AvgPoolConv2D>(
        weight_of(table), required_count(table, "filters", kMaxSize),
        required_2d(table, "pool_size"), required_2d(table, "conv_size"), flag(table, "flatten"),
        read_2d(table, "pool_strides"), read_2d(table, "conv_strides"),
        padding_of(table, "conv_padding"), delay_of(table));
}

Made read_avg_pool_dense_2d(const TomlTable& table) {
    return std::make_unique<AvgPoolDense2D>(weight_of(table), required_2d(table, "pool_size"),
                                            read_2d(table, "pool_strides"), delay_of(table));
}

const std::vector<Kind<Connectivity>>& connectivity_kinds() {
    static const std::vector<std::string> kFixedNumber = {"number", "weight", "delay",
                                                          "allow_self_connections"};
    static const std::vector<Kind<Connectivity>> kKinds = {
        {"dense", {"weight", "delay"}, read_dense},
        {"one_to_one", {"weight", "delay"}, read_one_to_one},
        {"fixed_probability",
         {"p", "weight", "allow_self_connections", "delay"},
         read_fixed_probability},
        {"fixed_number_post", kFixedNumber, read_fixed_number<FixedNumberPost>},
        {"fixed_number_pre", kFixedNumber, read_fixed_number<FixedNumberPre>},
        {"fixed_number_total", kFixedNumber, read_fixed_number<FixedNumberTotal>},
        {"sparse", {"pre", "post", "weight", "delay"}, read_sparse},
        {"conv_1d",
         {"weight", "filters", "conv_size", "flatten", "conv_stride", "conv_padding", "delay",
          "dilation", "groups"},
         read_conv_1d},
        {"conv_2d",
         {"weight", "filters", "conv_size", "flatten", "conv_strides", "conv_padding", "delay",
          "dilation", "groups"},
         read_conv_2d},
        {"conv_2d_transpose",
         {"weight", "filters", "conv_size", "flatten", "conv_strides", "conv_padding", "delay",
          "dilation"},
         read_conv_2d_transpose},
        {"avg_pool_2d",
         {"pool_size", "flatten", "pool_strides", "delay", "pool_padding"},
         read_avg_pool_2d},
        {"avg_pool_conv_2d",
         {"weight", "filters", "pool_size", "conv_size", "flatten", "pool_strides", "conv_strides",
          "conv_padding", "delay"},
         read_avg_pool_conv_2d},
        {"avg_pool_dense_2d",
         {"weight", "pool_size", "pool_strides", "delay"},
         read_avg_pool_dense_2d}};
    return kKinds;
}

}  // namespace

std::unique_ptr<Connectivity> read_connectivity(const TomlTable& connection,
                                                const std::vector<std::string>& own_keys) {
    const std::string name = connection.require_kind("connectivity");
    return read_kind(connectivity_kinds(), "connectivity", name, connection, own_keys, connection,
                     "connectivity");
}

}  // namespace saltus
