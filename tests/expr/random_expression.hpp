#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus::expr {

/// Draws expressions of the variables x, y and z, for properties that hold for all of them.
class RandomExpression {
  public:
    /// Draws from these operations and numbers; comparisons and logic come in through kSelect.
    RandomExpression(unsigned seed, std::vector<Operation> operations, std::vector<double> numbers);

    /// A real expression at most `depth` deep.
    Expression real(int depth);
    /// A condition at most `depth` deep.
    Expression condition(int depth);
    /// Values of the variables, uniform in an interval.
    std::map<std::string, double> point(double from, double to);
    /// Values of the variables out of a list.
    std::map<std::string, double> point(const std::vector<double>& values);

  private:
    std::size_t pick(std::size_t count);

    std::mt19937_64 engine_;
    std::vector<Operation> operations_;
    std::vector<double> numbers_;
};

/// Every operation that yields a real.
std::vector<Operation> all_real_operations();

/// The value at a point.
double value_at(const Expression& expression, const std::map<std::string, double>& point);

/// Whether an expression and all its parts are finite at a point.
bool is_finite_at(const Expression& expression, const std::map<std::string, double>& point);

}  // namespace saltus::expr
