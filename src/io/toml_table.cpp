#include "io/toml_table.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "common/text.hpp"

namespace saltus {
namespace {

constexpr std::size_t kLongestExcerpt = 60;

const toml::table& empty_table() {
    static const toml::table kTable;
    return kTable;
}

std::size_t line_of_source(const toml::source_region& source) {
    return source.begin.line;
}

}  // namespace

TomlTable::TomlTable(const toml::table& table, std::string what, const std::string& file)
    : TomlTable(table, std::move(what), file, line_of_source(table.source())) {}

TomlTable::TomlTable(const toml::table& table, std::string what, const std::string& file,
                     std::size_t line)
    : table_(&table), what_(std::move(what)), file_(&file), line_(line) {}

TomlTable TomlTable::renamed(std::string what) const {
    return {*table_, std::move(what), *file_, line_};
}

std::size_t TomlTable::line_of(std::string_view key) const {
    const auto found = table_->find(key);
    return found == table_->end() ? line_ : line_of_source(found->first.source());
}

std::vector<std::string> TomlTable::keys() const {
    std::vector<const toml::key*> found;
    for (const auto& [key, value] : *table_)
        found.push_back(&key);
    std::sort(found.begin(), found.end(), [](const toml::key* a, const toml::key* b) {
        return a->source().begin < b->source().begin;
    });
    std::vector<std::string> names;
    for (const toml::key* key : found)
        names.emplace_back(key->str());
    return names;
}

void TomlTable::require_known(const std::vector<std::string>& keys) const {
    // The table sorts its keys; the reader meets the first mistake of the file first.
    const toml::key* first = nullptr;
    for (const auto& [key, value] : *table_) {
        if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
        if (!first || key.source().begin < first->source().begin) first = &key;
    }
    if (!first) return;
    fail(first->str(), fmt::format("unknown key '{}' of {}", printable(first->str()), what_),
         suggest(first->str(), keys));
}

void TomlTable::require_no_misspelling(std::string_view missing) const {
    const std::vector<std::string> wanted = {std::string(missing)};
    for (const auto& [key, value] : *table_) {
        if (nearest_name(key.str(), wanted).empty()) continue;
        fail(key.str(), fmt::format("unknown key '{}' of {}", printable(key.str()), what_),
             fmt::format("did you mean '{}'?", missing));
    }
}

const toml::node& TomlTable::require(std::string_view key) const {
    if (const toml::node* node = find(key)) return *node;
    fail(key, fmt::format("{} has no '{}'", what_, key),
         fmt::format("add a line that starts with {} =", key));
}

void TomlTable::read(std::string_view key, std::string& target) const {
    const toml::node* node = find(key);
    if (!node) return;
    if (!node->is_string()) fail_type(key, "a text", *node, "write it in quotes");
    target = node->as_string()->get();
}

void TomlTable::read(std::string_view key, double& target) const {
    const toml::node* node = find(key);
    if (!node) return;
    const std::optional<double> number = toml_number(*node);
    if (!number) fail_type(key, "a number", *node, "write a number without quotes");
    target = *number;
}

void TomlTable::read(std::string_view key, bool& target) const {
    const toml::node* node = find(key);
    if (!node) return;
    if (!node->is_boolean()) fail_type(key, "true or false", *node, "write it without quotes");
    target = node->as_boolean()->get();
}

void TomlTable::read(std::string_view key, std::optional<bool>& target) const {
    if (!has(key)) return;
    bool value = false;
    read(key, value);
    target = value;
}

void TomlTable::read_count(std::string_view key, std::size_t& target, std::size_t minimum,
                           std::size_t maximum) const {
    const toml::node* node = find(key);
    if (!node) return;
    const std::string range = fmt::format("write a whole number from {} to {}", minimum, maximum);
    if (!node->is_integer()) fail_type(key, "a whole number", *node, range);
    const std::int64_t value = node->as_integer()->get();
    if (value < 0 || static_cast<std::size_t>(value) < minimum ||
        static_cast<std::size_t>(value) > maximum) {
        fail(key, fmt::format("{} of {} is {}", key, what_, value), range);
    }
    target = static_cast<std::size_t>(value);
}

void TomlTable::read(std::string_view key, std::vector<std::string>& target) const {
    const toml::node* node = find(key);
    if (!node) return;
    const std::string advice = fmt::format("write, for example, {} = [\"accuracy\"]", key);
    if (!node->is_array()) fail_type(key, "a list of texts", *node, advice);
    std::vector<std::string> texts;
    for (const toml::node& element : *node->as_array()) {
        if (!element.is_string()) fail_type(key, "a list of texts", element, advice);
        texts.push_back(element.as_string()->get());
    }
    target = std::move(texts);
}

void TomlTable::read(std::string_view key, std::vector<std::size_t>& target) const {
    const toml::node* node = find(key);
    if (!node) return;
    const std::string advice = fmt::format("write, for example, {} = [28, 28]", key);
    const char* needed = "a list of whole numbers that are not negative";
    if (!node->is_array()) fail_type(key, needed, *node, advice);
    std::vector<std::size_t> counts;
    for (const toml::node& element : *node->as_array()) {
        const auto* integer = element.as_integer();
        if (!integer || integer->get() < 0) fail_type(key, needed, element, advice);
        counts.push_back(static_cast<std::size_t>(integer->get()));
    }
    target = std::move(counts);
}

std::string TomlTable::require_text(std::string_view key) const {
    require(key);
    std::string text;
    read(key, text);
    return text;
}

std::string TomlTable::require_kind(std::string_view key) const {
    if (!has(key)) require_no_misspelling(key);
    return require_text(key);
}

TomlTable TomlTable::require_table(std::string_view key, std::string what) const {
    const toml::node* node = find(key);
    if (!node) {
        fail(key, fmt::format("{} has no [{}]", what_, key),
             "add that section; examples/fashion_mnist.toml shows all of them");
    }
    if (!node->is_table()) {
        fail_type(key, "a table", *node,
                  fmt::format("start it with a line [{0}], or write {0} = {{ ... }}", key));
    }
    return {*node->as_table(), std::move(what), *file_, line_of(key)};
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
    std::vector<TomlTable> list;
    const toml::node* node = find(key);
    if (!node) return list;
    const std::string advice =
        fmt::format("start each with a line [[{}]], in double brackets", key);
    if (!node->is_array()) fail_type(key, "an array of tables", *node, advice);
    for (const toml::node& element : *node->as_array()) {
        if (!element.is_table()) fail_type(key, "an array of tables", element, advice);
        list.emplace_back(*element.as_table(), fmt::format("[[{}]]", key), *file_);
    }
    return list;
}

std::pair<std::string, TomlTable> TomlTable::require_typed(std::string_view key) const {
    const toml::node& node = require(key);
    if (const auto* name = node.as_string()) {
        return {name->get(), TomlTable(empty_table(), name->get(), *file_, line_of(key))};
    }
    if (!node.is_table()) {
        fail_type(key, "a name or a table", node,
                  fmt::format("write {0} = \"name\" or {0} = {{ type = \"name\" }}", key));
    }
    const TomlTable table(*node.as_table(), fmt::format("{} of {}", key, what_), *file_,
                          line_of(key));
    const std::string type = table.require_kind("type");
    return {type, table.renamed(printable(type))};
}

void TomlTable::fail(std::string_view key, const std::string& problem,
                     const std::string& advice) const {
    const std::string line = std::to_string(line_of(key));
    throw ModelError(*file_ + ":" + line, problem, advice)
        .with("file", *file_)
        .with("line", line)
        .with("key", std::string(key));
}

void TomlTable::fail_unknown(std::string_view key, const std::string& kind, const std::string& name,
                             const std::vector<std::string>& candidates) const {
    fail(key, fmt::format("there is no {} '{}'", kind, printable(name)), suggest(name, candidates));
}

void TomlTable::fail_type(std::string_view key, const std::string& needed, const toml::node& found,
                          const std::string& advice) const {
    fail(key, fmt::format("{} of {} must be {}, not {}", key, what_, needed, describe_toml(found)),
         advice);
}

std::string TomlTable::guilty_key(const ModelError& error, std::string_view fallback) const {
    std::vector<std::string> candidates = {error.field("parameter")};
    if (!error.field("weight_shape").empty()) candidates.emplace_back("weight");
    if (!error.field("shape").empty()) candidates.emplace_back("shape");
    for (const std::string& candidate : candidates) {
        if (!candidate.empty() && has(candidate)) return candidate;
    }
    return std::string(fallback);
}

ModelError TomlTable::located(const ModelError& error, std::string_view key) const {
    // Errors in equations have a line of theirs, but no file.
    if (!error.field("file").empty()) return error;
    const std::string line = std::to_string(line_of(guilty_key(error, key)));
    ModelError located(*file_ + ":" + line, on_one_line(error.where() + ": " + error.problem()),
                       error.advice());
    for (const auto& [name, value] : error.fields())
        located.with(name, value);
    return located.with("file", *file_).with("line", line);
}

std::optional<double> toml_number(const toml::node& node) {
    if (const auto* integer = node.as_integer()) return static_cast<double>(integer->get());
    if (const auto* number = node.as_floating_point()) return number->get();
    return std::nullopt;
}

std::string describe_toml(const toml::node& node) {
    if (const auto* text = node.as_string())
        return fmt::format("'{}' (a text)", printable(text->get()));
    if (const auto* integer = node.as_integer())
        return fmt::format("{} (a number)", integer->get());
    if (const auto* number = node.as_floating_point()) {
        return fmt::format("{} (a number)", number->get());
    }
    if (const auto* flag = node.as_boolean()) {
        return fmt::format("{} (a boolean)", flag->get());
    }
    if (node.is_table()) return "a table";
    if (node.is_array()) return "a list";
    return "a date or time";
}

std::string on_one_line(std::string text) {
    for (char& character : text) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) character = '?';
    }
    return text;
}

std::string printable(std::string_view text) {
    std::string result(text.substr(0, kLongestExcerpt));
    if (text.size() > kLongestExcerpt) {
        // Not in the middle of a character of several bytes.
        while (!result.empty() && (result.back() & 0xC0) == 0x80)
            result.pop_back();
        if (!result.empty() && (result.back() & 0x80) != 0) result.pop_back();
        result += "...";
    }
    return on_one_line(std::move(result));
}

}  // namespace saltus
