#pragma once

#include <memory>
#include <string>
#include <vector>

#include <saltus/network/neuron.hpp>

#include "io/toml_table.hpp"

namespace saltus {

/// The keys of a [[population]] whose neuron is written as equations, besides "readout".
const std::vector<std::string>& user_neuron_keys();

/// The keys "solver" and "sub_steps".
void read_solver(const TomlTable& population, Solver& solver, std::size_t& sub_steps);

/// The table "parameters" of what is written as equations, if there is one.
std::vector<ParameterDeclaration> read_parameters(const TomlTable& table);
/// The list "derived" likewise.
std::vector<DerivedDeclaration> read_derived_constants(const TomlTable& table);

/// Such a neuron, without its readout.
NeuronDeclaration read_user_neuron(const TomlTable& population);

}  // namespace saltus
