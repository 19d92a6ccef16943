#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <saltus/plan/deep_r.hpp>
#include <saltus/runtime/callback.hpp>

namespace saltus {

/// Keeps how many synapses of a connection each update of a training run has replaced (Deep-R).
class RewiringRecord : public Callback {
  public:
    /// @param connection the name of one that is rewired.
    explicit RewiringRecord(std::string connection) : connection_(std::move(connection)) {}
    /// @throws ModelError for a connection that the network does not have, or does not rewire.
    void on_run_begin(const Progress& progress) override;
    void on_batch_end(const Progress& progress) override;

    const std::string& connection() const { return connection_; }
    /// One a batch, in their order.
    const std::vector<RewiringCount>& data() const { return data_; }

  private:
    std::string connection_;
    std::vector<RewiringCount> data_;
};

}  // namespace saltus
