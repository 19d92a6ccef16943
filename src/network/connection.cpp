#include <saltus/network/connection.hpp>

#include <utility>

namespace saltus {

Connection::Connection(std::string name, std::size_t index, Population& source, Population& target,
                       std::unique_ptr<Connectivity> connectivity, std::unique_ptr<Synapse> synapse,
                       std::optional<std::size_t> max_delay_steps)
    : name_(std::move(name)),
      index_(index),
      source_(&source),
      target_(&target),
      connectivity_(std::move(connectivity)),
      synapse_(std::move(synapse)),
      max_delay_steps_(max_delay_steps) {}

}  // namespace saltus
