#include <saltus/connectivity/row_connectivity.hpp>

#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

#include "connectivity/listed_rows.hpp"
#include "connectivity/random_rows.hpp"

namespace saltus {
namespace {

constexpr std::size_t kMostInRow = std::size_t{1} << 24;

/// Asks the user's class for rows and checks them.
class RowReader {
  public:
    RowReader(const RowConnectivity& connectivity, const Connection& connection)
        : connectivity_(connectivity.clone()),
          rule_(dynamic_cast<const RowConnectivity*>(connectivity_.get())),
          connection_(connection.name()),
          target_(connection.target().name()),
          num_pre_(connection.source().size()),
          num_post_(connection.target().size()) {
        if (rule_) return;
        throw ModelError("Connection " + connection_,
                         fmt::format("clone() of its connectivity '{}' makes another class",
                                     connectivity.name()),
                         "return a copy of the object");
    }

    std::size_t num_pre() const { return num_pre_; }
    std::size_t num_post() const { return num_post_; }

    ConnectivityRow read(std::size_t pre, const RandomStream& stream) const {
        ConnectivityRow row;
        rule_->row({pre, num_pre_, num_post_, stream}, row);
        for (const std::uint32_t target : row.targets) {
            if (target < num_post_) continue;
            refuse(pre,
                   fmt::format("names target {}, outside '{}' of {} neurons", target, target_,
                               num_post_),
                   fmt::format("name targets from 0 to {}", num_post_ - 1));
        }
        check_count(pre, "weights", row.weights, row.targets.size());
        check_count(pre, "delays", row.delays, row.targets.size());
        for (const double weight : row.weights) {
            if (!std::isfinite(weight))
                refuse(pre, fmt::format("gives a weight {}", weight), "give finite numbers");
        }
        for (const double delay : row.delays) {
            if (!(delay >= 0.0 && delay <= 1048576.0 && delay == std::floor(delay)))
                refuse(pre, fmt::format("gives a delay of {:g} timesteps", delay),
                       "give whole numbers between 0 and 1048576");
        }
        return row;
    }

    [[noreturn]] void refuse(std::size_t pre, const std::string& problem,
                             const std::string& advice) const {
        throw ModelError("Connection " + connection_, fmt::format("row {} {}", pre, problem),
                         advice)
            .with("connection", connection_)
            .with("row", std::to_string(pre));
    }

  private:
    void check_count(std::size_t pre, const char* what, const std::vector<double>& values,
                     std::size_t count) const {
        if (values.empty() || values.size() == count) return;
        refuse(pre, fmt::format("gives {} {} for {} targets", values.size(), what, count),
               "give one for each, or none");
    }

    std::unique_ptr<Connectivity> connectivity_;
    const RowConnectivity* rule_;
    std::string connection_;
    std::string target_;
    std::size_t num_pre_;
    std::size_t num_post_;
};

/// Rows that are made whenever they are needed; element pre * 2^24 + slot.
class IndependentRows : public RandomRows {
  public:
    IndependentRows(std::shared_ptr<const RowReader> reader, const RandomStream& stream)
        : RandomRows(reader->num_pre(), reader->num_post(), {kMostInRow, true}),
          reader_(std::move(reader)),
          stream_(stream) {}

    void targets(std::size_t pre, std::vector<std::uint32_t>& post) const override {
        ConnectivityRow row = reader_->read(pre, stream_);
        if (!row.weights.empty() || !row.delays.empty()) {
            reader_->refuse(pre, "gives weights or delays, but rows are said to be independent",
                            "leave them out, or let rows_are_independent() be false");
        }
        if (row.targets.size() > kMostInRow) {
            reader_->refuse(pre, fmt::format("has {} targets", row.targets.size()),
                            fmt::format("give at most {} to independent rows", kMostInRow));
        }
        post = std::move(row.targets);
    }

  private:
    std::shared_ptr<const RowReader> reader_;
    RandomStream stream_;
};

/// All rows, one after the other.
struct Listing {
    std::vector<std::uint32_t> pre;
    std::vector<std::uint32_t> post;
    std::vector<double> weight;
    std::vector<double> delay;
};

void append(std::vector<double>& all, const std::vector<double>& values, std::size_t before,
            std::size_t pre, const RowReader& reader, const char* what) {
    if (all.size() != before)
        reader.refuse(pre, fmt::format("gives {}, but rows before it do not", what),
                      "give them in all rows, or in none");
    all.insert(all.end(), values.begin(), values.end());
}

Listing list_rows(const RowReader& reader, const RandomStream& stream) {
    Listing list;
    for (std::size_t pre = 0; pre < reader.num_pre(); ++pre) {
        const ConnectivityRow row = reader.read(pre, stream);
        const std::size_t before = list.post.size();
        if (row.targets.empty()) continue;
        if (row.targets.size() > kMostListed - before)
            reader.refuse(pre, fmt::format("is more than the first {} synapses", kMostListed),
                          "use fewer, or independent rows");
        if (!row.weights.empty()) append(list.weight, row.weights, before, pre, reader, "weights");
        if (!row.delays.empty()) append(list.delay, row.delays, before, pre, reader, "delays");
        if (row.weights.empty() && !list.weight.empty())
            reader.refuse(pre, "gives no weights, but rows before it do",
                          "give them in all rows, or in none");
        if (row.delays.empty() && !list.delay.empty())
            reader.refuse(pre, "gives no delays, but rows before it do",
                          "give them in all rows, or in none");
        list.post.insert(list.post.end(), row.targets.begin(), row.targets.end());
        list.pre.resize(list.post.size(), static_cast<std::uint32_t>(pre));
    }
    return list;
}

}  // namespace

RowConnectivity::RowConnectivity(InitValue weight_value, InitValue delay_value)
    : SparseBase(std::move(weight_value), std::move(delay_value), "RowConnectivity") {}

SparseBase::RowMaker RowConnectivity::rule(const Connection& connection) const {
    const auto reader = std::make_shared<const RowReader>(*this, connection);
    return [reader](const RandomStream& stream) {
        return std::make_shared<IndependentRows>(reader, stream);
    };
}

ConnectivitySnippet RowConnectivity::get_snippet(
    const Connection& connection, const SupportedMatrixType& supported_matrix_type) const {
    if (has_indices("Connection " + connection.name()) || rows_are_independent())
        return SparseBase::get_snippet(connection, supported_matrix_type);
    const RowReader reader(*this, connection);
    // The seed is not known yet, since rows may bring weights that the snippet has to name.
    Listing list = list_rows(reader, RandomStream(0, RandomPurpose::kConnectivity,
                                                  static_cast<std::uint32_t>(connection.index())));
    const std::unique_ptr<Connectivity> copy = clone();
    auto& listed = dynamic_cast<RowConnectivity&>(*copy);
    listed.pre_ind = std::move(list.pre);
    listed.post_ind = std::move(list.post);
    if (!list.weight.empty()) listed.weight = InitValue(list.weight);
    if (!list.delay.empty()) listed.delay = InitValue(list.delay);
    return listed.SparseBase::get_snippet(connection, supported_matrix_type);
}

}  // namespace saltus
