#include <saltus/network/connection.hpp>

#include <utility>

namespace saltus {

Connection::Connection(std::string name, std::size_t index, Population& source, Population& target,
                       std::unique_ptr<Connectivity> connectivity, std::unique_ptr<Synapse> synapse)
    : name_(std::move(name)),
      index_(index),
      source_(&source),
      target_(&target),
      connectivity_(std::move(connectivity)),
      synapse_(std::move(synapse)) {}

}  // namespace saltus
