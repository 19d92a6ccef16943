#include "connectivity/connectivity_case.hpp"

#include <stdexcept>

#include <saltus/connectivity/avg_pool_2d.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/conv_2d_transpose.hpp>
#include <saltus/connectivity/dense.hpp>

namespace saltus::test {
namespace {

/// The arguments of a case by name.
class Arguments {
  public:
    Arguments(const Hdf5File& file, const std::string& path) : file_(file), path_(path) {}

    std::optional<Param2D> pair(const std::string& name) const {
        if (!file_.has(path_ + "/" + name)) return {};
        const Array values = file_.array(path_ + "/" + name);
        return Param2D(static_cast<std::size_t>(values.values.at(0)),
                       static_cast<std::size_t>(values.values.at(1)));
    }
    std::size_t filters() const { return static_cast<std::size_t>(file_.number(path_, "filters")); }
    bool flatten() const {
        return file_.has_attribute(path_, "flatten") && file_.number(path_, "flatten") != 0.0;
    }
    Padding padding() const {
        if (!file_.has_attribute(path_, "conv_padding")) return PadMode::kValid;
        return file_.text(path_, "conv_padding");
    }

  private:
    const Hdf5File& file_;
    const std::string& path_;
};

}  // namespace

Shape ConnectivityCase::shape(const std::string& name) const {
    std::vector<std::size_t> extents;
    for (const double extent : file_.array(path_ + "/" + name).values)
        extents.push_back(static_cast<std::size_t>(extent));
    return Shape(std::move(extents));
}

std::optional<Shape> ConnectivityCase::given_target() const {
    if (!file_.has(path_ + "/target_shape")) return {};
    return shape("target_shape");
}

InitValue ConnectivityCase::weight() const {
    if (file_.has_attribute(path_, "weight")) return file_.number(path_, "weight");
    return file_.array(path_ + "/kernel");
}

std::unique_ptr<Connectivity> ConnectivityCase::connectivity() const {
    const Arguments given(file_, path_);
    const std::string name = class_name();
    if (name == "Dense") return std::make_unique<Dense>(weight());
    if (name == "Conv2D") {
        return std::make_unique<Conv2D>(weight(), given.filters(), *given.pair("conv_size"),
                                        given.flatten(), given.pair("conv_strides"),
                                        given.padding());
    }
    if (name == "Conv2DTranspose") {
        return std::make_unique<Conv2DTranspose>(weight(), given.filters(),
                                                 *given.pair("conv_size"), given.flatten(),
                                                 given.pair("conv_strides"), given.padding());
    }
    if (name == "AvgPool2D") {
        return std::make_unique<AvgPool2D>(*given.pair("pool_size"), given.flatten(),
                                           given.pair("pool_strides"));
    }
    if (name == "AvgPoolConv2D") {
        return std::make_unique<AvgPoolConv2D>(weight(), given.filters(), *given.pair("pool_size"),
                                               *given.pair("conv_size"), given.flatten(),
                                               given.pair("pool_strides"),
                                               given.pair("conv_strides"), given.padding());
    }
    if (name == "AvgPoolDense2D") {
        return std::make_unique<AvgPoolDense2D>(weight(), *given.pair("pool_size"),
                                                given.pair("pool_strides"));
    }
    throw std::runtime_error("no connectivity " + name);
}

}  // namespace saltus::test
