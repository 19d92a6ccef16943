#include <cmath>

#include <saltus/initializers/binomial.hpp>
#include <saltus/initializers/constant.hpp>
#include <saltus/initializers/exponential_values.hpp>
#include <saltus/initializers/gamma.hpp>
#include <saltus/initializers/identity.hpp>
#include <saltus/initializers/materialise.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/normal_clipped.hpp>
#include <saltus/initializers/orthogonal.hpp>
#include <saltus/initializers/sparse_values.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/initializers/variance_scaling.hpp>

#include <fmt/format.h>

#include "common/text.hpp"
#include "io/model_parts.hpp"

namespace saltus {
namespace {

constexpr const char* kAdvice =
    "write a number, a list of numbers, or for example { normal = { mean = 0.0, sd = 1.0 } }";

double finite(const TomlTable& table, std::string_view key, double number) {
    if (std::isfinite(number)) return number;
    table.fail(key, fmt::format("{} of {} is {}", key, table.what(), number),
               "write a finite number");
}

std::vector<double> numbers_of(const TomlTable& table, std::string_view key,
                               const toml::array& list) {
    std::vector<double> numbers;
    numbers.reserve(list.size());
    for (const toml::node& element : list) {
        const std::optional<double> number = toml_number(element);
        if (!number) table.fail_type(key, "a list of numbers", element, kAdvice);
        numbers.push_back(finite(table, key, *number));
    }
    return numbers;
}

/// A list of rows.
Array matrix_of(const TomlTable& table, std::string_view key, const toml::array& rows) {
    std::vector<double> values;
    std::size_t columns = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const toml::node& node = rows[row];
        if (!node.is_array()) table.fail_type(key, "a list of rows", node, kAdvice);
        const std::vector<double> numbers = numbers_of(table, key, *node.as_array());
        if (row == 0) columns = numbers.size();
        if (numbers.size() != columns) {
            table.fail(key,
                       fmt::format("row {} of {} has {} numbers, but row 0 has {}", row, key,
                                   numbers.size(), columns),
                       "give every row the same number of columns");
        }
        values.insert(values.end(), numbers.begin(), numbers.end());
    }
    return {Shape{rows.size(), columns}, std::move(values)};
}

InitValue list_value(const TomlTable& table, std::string_view key, const toml::array& list) {
    if (list.empty()) table.fail(key, fmt::format("{} is an empty list", key), kAdvice);
    if (list[0].is_array()) return InitValue(matrix_of(table, key, list));
    return InitValue(numbers_of(table, key, list));
}

/// The number under a key, which may be missing where there is a fallback.
double number_of(const TomlTable& arguments, std::string_view key,
                 std::optional<double> fallback = std::nullopt) {
    if (!fallback) arguments.require(key);
    double number = fallback.value_or(0.0);
    arguments.read(key, number);
    return number;
}

/// One initializer with its arguments, or a value with a mark.
struct InitializerKind {
    const char* name;
    std::vector<std::string> arguments;
    InitValue (*read)(const TomlTable& arguments);
};

InitValue sparse_values(const TomlTable& arguments) {
    const double p = number_of(arguments, "p");
    if (!arguments.has("values")) return InitValue(SparseValues(p));
    const std::optional<InitValue> inner = read_value(arguments, "values");
    if (!inner->is_initializer()) {
        arguments.fail("values", "values of sparse is " + inner->describe(),
                       "name an initializer, for example { normal = { sd = 0.1 } }");
    }
    return InitValue(SparseValues(p, inner->shared_initializer()));
}

InitValue binomial_values(const TomlTable& arguments) {
    arguments.require("n");
    std::size_t n = 0;
    arguments.read_count("n", n, 0, std::size_t{1} << 40);
    return InitValue(Binomial(n, number_of(arguments, "p")));
}

/// `{ trainable = { value = 20.0, lower = 5.0, upper = 50.0, per_neuron = true } }`
InitValue trainable_value(const TomlTable& arguments) {
    arguments.require("value");
    TrainableRange range;
    range.lower = number_of(arguments, "lower", range.lower);
    range.upper = number_of(arguments, "upper", range.upper);
    arguments.read("per_neuron", range.per_neuron);
    const InitValue value = *read_value(arguments, "value");
    if (value.training()) {
        arguments.fail("value", "value of trainable is " + value.describe(),
                       "write the value alone");
    }
    return trainable(value, range);
}

const std::vector<InitializerKind>& initializer_kinds() {
    using Table = TomlTable;
    static const std::vector<InitializerKind> kKinds = {
        {"normal",
         {"mean", "sd"},
         [](const Table& t) {
             return InitValue(Normal(number_of(t, "mean", 0.0), number_of(t, "sd", 1.0)));
         }},
        {"uniform",
         {"min", "max"},
         [](const Table& t) {
             return InitValue(Uniform(number_of(t, "min", 0.0), number_of(t, "max", 1.0)));
         }},
        {"normal_clipped",
         {"mean", "sd", "min", "max"},
         [](const Table& t) {
             return InitValue(NormalClipped(number_of(t, "mean"), number_of(t, "sd"),
                                            number_of(t, "min"), number_of(t, "max")));
         }},
        {"exponential",
         {"lambda"},
         [](const Table& t) { return InitValue(ExponentialValues(number_of(t, "lambda", 1.0))); }},
        {"gamma",
         {"a", "b"},
         [](const Table& t) { return InitValue(Gamma(number_of(t, "a"), number_of(t, "b"))); }},
        {"binomial", {"n", "p"}, binomial_values},
        {"constant",
         {"value"},
         [](const Table& t) { return InitValue(Constant(number_of(t, "value"))); }},
        {"glorot_normal", {}, [](const Table&) { return InitValue(GlorotNormal()); }},
        {"glorot_uniform", {}, [](const Table&) { return InitValue(GlorotUniform()); }},
        {"he_normal", {}, [](const Table&) { return InitValue(HeNormal()); }},
        {"he_uniform", {}, [](const Table&) { return InitValue(HeUniform()); }},
        {"identity",
         {"gain"},
         [](const Table& t) { return InitValue(Identity(number_of(t, "gain", 1.0))); }},
        {"orthogonal",
         {"gain"},
         [](const Table& t) { return InitValue(Orthogonal(number_of(t, "gain", 1.0))); }},
        {"sparse", {"p", "values"}, sparse_values},
        {"trainable", {"value", "lower", "upper", "per_neuron"}, trainable_value}};
    return kKinds;
}

/// `{ normal = { mean = 0.0, sd = 1.0 } }`
InitValue initializer_value(const TomlTable& table, std::string_view key) {
    const TomlTable choice = table.require_table(key, fmt::format("{} of {}", key, table.what()));
    std::vector<std::string> names;
    const InitializerKind* chosen = nullptr;
    int num_chosen = 0;
    for (const InitializerKind& kind : initializer_kinds()) {
        names.emplace_back(kind.name);
        if (!choice.has(kind.name)) continue;
        chosen = &kind;
        ++num_chosen;
    }
    choice.require_known(names);
    if (num_chosen != 1) {
        table.fail(key, fmt::format("{} names {} initializers", key, num_chosen ? "two" : "no"),
                   kAdvice);
    }
    const TomlTable arguments = choice.require_table(chosen->name, chosen->name);
    arguments.require_known(chosen->arguments);
    return choice.locate(chosen->name, [&] { return chosen->read(arguments); });
}

}  // namespace

std::optional<InitValue> read_value(const TomlTable& table, std::string_view key) {
    if (!table.has(key)) return std::nullopt;
    const toml::node& node = table.require(key);
    if (const std::optional<double> number = toml_number(node)) {
        return InitValue(finite(table, key, *number));
    }
    if (const auto* list = node.as_array()) return list_value(table, key, *list);
    if (node.is_table()) return initializer_value(table, key);
    const auto* name = node.as_string();
    if (!name) table.fail_type(key, "a number or an initializer", node, kAdvice);
    return table.locate(key, [&] { return InitValue(initializer_by_name(name->get())); });
}

}  // namespace saltus
