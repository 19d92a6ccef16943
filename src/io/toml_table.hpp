#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>
#include <saltus/common/errors.hpp>

namespace saltus {

/// A table of a TOML file, read key by key; every complaint names the file and the line.
class TomlTable {
  public:
    /// @param what what the table describes, for messages, for example "[data]".
    /// @param file must outlive this.
    TomlTable(const toml::table& table, std::string what, const std::string& file);

    const std::string& what() const { return what_; }
    /// A copy that messages call something else.
    TomlTable renamed(std::string what) const;
    std::size_t line() const { return line_; }
    /// The line of a key, or of the table when it has no such key.
    std::size_t line_of(std::string_view key) const;

    bool has(std::string_view key) const { return table_->contains(key); }
    /// All keys, in the order of the file.
    std::vector<std::string> keys() const;
    /// @throws ModelError with the nearest name for the first key that is not among these.
    void require_known(const std::vector<std::string>& keys) const;
    /// @throws ModelError when there is no such key.
    const toml::node& require(std::string_view key) const;

    /// Each of these takes the value of a key, and leaves the target alone when there is no such
    /// key.
    /// @throws ModelError when the value is of another type, saying what was found.
    void read(std::string_view key, std::string& target) const;
    void read(std::string_view key, double& target) const;
    void read(std::string_view key, bool& target) const;
    void read(std::string_view key, std::optional<bool>& target) const;
    /// A whole number from `minimum` to `maximum`.
    void read_count(std::string_view key, std::size_t& target, std::size_t minimum,
                    std::size_t maximum) const;
    void read(std::string_view key, std::vector<std::string>& target) const;
    void read(std::string_view key, std::vector<std::size_t>& target) const;

    std::string require_text(std::string_view key) const;
    /// The text under a key that decides which other keys there may be, so that its own misspelling
    /// has to be looked for.
    std::string require_kind(std::string_view key) const;
    /// The table under a key. @throws ModelError when it is missing or something else.
    TomlTable require_table(std::string_view key, std::string what) const;
    /// The tables of an array of tables ("[[key]]"); none when there is no such key.
    std::vector<TomlTable> tables(std::string_view key) const;
    /// What `key = "name"` or `key = { type = "name", ... }` names, and the table (empty for a name
    /// alone), which calls itself by that name.
    std::pair<std::string, TomlTable> require_typed(std::string_view key) const;

    /// A complaint about a key, or about the table when it has no such key.
    [[noreturn]] void fail(std::string_view key, const std::string& problem,
                           const std::string& advice) const;
    /// "there is no neuron 'x'; did you mean ...".
    [[noreturn]] void fail_unknown(std::string_view key, const std::string& kind,
                                   const std::string& name,
                                   const std::vector<std::string>& candidates) const;
    /// "key needs X, found Y".
    [[noreturn]] void fail_type(std::string_view key, const std::string& needed,
                                const toml::node& found, const std::string& advice) const;

    /// Calls what does not know about files; its ModelErrors gain the file and line, that of the
    /// argument concerned if this table has it, otherwise that of `key`.
    template <typename Call>
    auto locate(std::string_view key, const Call& call) const -> decltype(call()) {
        try {
            return call();
        } catch (const ModelError& error) {
            throw located(error, key);
        }
    }
    /// The error as it would be thrown by `locate`.
    ModelError located(const ModelError& error, std::string_view key) const;

  private:
    TomlTable(const toml::table& table, std::string what, const std::string& file,
              std::size_t line);
    const toml::node* find(std::string_view key) const { return table_->get(key); }
    /// The key of this table that an error is about, or `fallback`.
    std::string guilty_key(const ModelError& error, std::string_view fallback) const;
    /// Throws for a present key that is probably meant to be the missing one.
    void require_no_misspelling(std::string_view missing) const;

    const toml::table* table_;
    std::string what_;
    const std::string* file_;
    std::size_t line_;
};

/// A number, whole or not; nothing for other values.
std::optional<double> toml_number(const toml::node& node);

/// What a value is, for messages: "'abc' (a text)".
std::string describe_toml(const toml::node& node);

/// The same text with a '?' for each control character.
std::string on_one_line(std::string text);

/// Text from a file as part of one line of a message: shortened, without control characters.
std::string printable(std::string_view text);

}  // namespace saltus
