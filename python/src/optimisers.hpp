#pragma once

#include <map>
#include <string>

#include <saltus/optimisers/optimiser.hpp>

namespace saltus::python {

/// Any optimiser, as one class.
struct PythonOptimiser {
    Optimiser value;
};

/// @throws ModelError for a name or setting that does not exist, or a value out of its range.
Optimiser make_optimiser(const std::string& name, const std::map<std::string, double>& settings);

}  // namespace saltus::python
