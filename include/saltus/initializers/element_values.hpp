#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <saltus/network/init_value.hpp>

namespace saltus {

/// The values that an InitValue gives to elements asked for one by one, in any order.
class ElementValues {
  public:
    /// @param where, what name the model part and argument in errors.
    /// @throws ModelError for NaN, infinity, or an unknown initializer name.
    /// An initializer that depends on a shape is refused, since such elements have none.
    ElementValues(const InitValue& value, const RandomStream& stream, const std::string& where,
                  const std::string& what);

    bool is_constant() const { return value_.is_constant(); }
    /// @throws ModelError for an element that an array does not hold.
    double of(std::uint64_t element) const;

  private:
    InitValue value_;
    RandomStream stream_;
    std::string where_;
    std::string what_;
};

}  // namespace saltus
