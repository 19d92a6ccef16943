#pragma once

#include <exception>
#include <map>
#include <string>
#include <string_view>

namespace saltus {

/// What every error of the library has in common: where it happened, what is wrong (with the
/// value), and what to do about it. `what()` reads `[where] problem; advice`.
class Error : public std::exception {
  public:
    Error(std::string where, std::string problem, std::string advice);

    const char* what() const noexcept override { return text_.c_str(); }
    /// The part of the network, file or call that is concerned, for example "Connection a->b".
    const std::string& where() const { return where_; }
    /// What is wrong, with the offending value.
    const std::string& problem() const { return problem_; }
    /// What the reader can do about it.
    const std::string& advice() const { return advice_; }
    /// Machine-readable details: "population", "connection", "parameter", "shape", "line", ...
    const std::map<std::string, std::string>& fields() const { return fields_; }
    /// One field, or an empty string when the error does not carry it.
    std::string field(std::string_view name) const;

  protected:
    void add_field(std::string name, std::string value);

  private:
    std::string where_;
    std::string problem_;
    std::string advice_;
    std::map<std::string, std::string> fields_;
    std::string text_;
};

/// The user's network, data or arguments are wrong.
class ModelError : public Error {
  public:
    using Error::Error;
    /// Attaches a field and returns the error, so that it can be thrown in one expression.
    ModelError& with(std::string name, std::string value);
    /// Marks what makes sense, but cannot be done, or not yet: the field "kind" is "unsupported".
    ModelError& unsupported() { return with("kind", "unsupported"); }
    /// The same error, as one of a part of `outer`: "[outer, where] ...".
    ModelError within(const std::string& outer) const;
};

/// A file, device or tool outside the library failed.
class RuntimeFault : public Error {
  public:
    using Error::Error;
    /// Attaches a field and returns the error, so that it can be thrown in one expression.
    RuntimeFault& with(std::string name, std::string value);
};

/// A defect of the library itself; the advice says how to report it.
class InternalError : public Error {
  public:
    InternalError(std::string where, std::string problem);
};

}  // namespace saltus
