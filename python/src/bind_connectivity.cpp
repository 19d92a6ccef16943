#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>
#include <saltus/connectivity/avg_pool_2d.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_1d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/conv_2d_transpose.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/connectivity/fixed_number_post.hpp>
#include <saltus/connectivity/fixed_number_pre.hpp>
#include <saltus/connectivity/fixed_number_total.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/connectivity/one_to_one.hpp>
#include <saltus/connectivity/sparse.hpp>
#include <saltus/network/network.hpp>

#include "bindings.hpp"
#include "conversions.hpp"
#include "python_connectivity.hpp"

namespace saltus::python {
namespace {

using Made = std::unique_ptr<Connectivity>;
using Pair = std::pair<std::size_t, std::size_t>;
using Size = std::size_t;

Param2D param(const Pair& pair) {
    return {pair.first, pair.second};
}

/// A sparse connectivity, with the list of synapses that replaces its rule when one is given.
template <typename T>
Made with_indices(T connectivity, nb::handle pre_ind, nb::handle post_ind) {
    if (!pre_ind.is_none()) connectivity.pre_ind = to_vector<std::uint32_t>(pre_ind);
    if (!post_ind.is_none()) connectivity.post_ind = to_vector<std::uint32_t>(post_ind);
    return std::make_unique<T>(std::move(connectivity));
}

template <typename T>
void bind_fixed_number(nb::module_& module, const char* name) {
    module.def(
        name,
        [](Size number, nb::handle weight, nb::handle delay, bool allow_self_connections,
           nb::handle pre_ind, nb::handle post_ind) {
            return with_indices(
                T(number, to_init_value(weight), to_init_value(delay), allow_self_connections),
                pre_ind, post_ind);
        },
        nb::arg("number"), nb::arg("weight"), nb::arg("delay"), nb::arg("allow_self_connections"),
        nb::arg("pre_ind").none(), nb::arg("post_ind").none());
}

void bind_sparse(nb::module_& module) {
    module.def(
        "one_to_one",
        [](nb::handle weight, nb::handle delay, nb::handle pre_ind, nb::handle post_ind) {
            return with_indices(OneToOne(to_init_value(weight), to_init_value(delay)), pre_ind,
                                post_ind);
        },
        nb::arg("weight"), nb::arg("delay"), nb::arg("pre_ind").none(), nb::arg("post_ind").none());
    module.def(
        "fixed_probability",
        [](double p, nb::handle weight, bool allow_self_connections, nb::handle delay,
           nb::handle pre_ind, nb::handle post_ind) {
            return with_indices(FixedProbability(p, to_init_value(weight), allow_self_connections,
                                                 to_init_value(delay)),
                                pre_ind, post_ind);
        },
        nb::arg("p"), nb::arg("weight"), nb::arg("allow_self_connections"), nb::arg("delay"),
        nb::arg("pre_ind").none(), nb::arg("post_ind").none());
    bind_fixed_number<FixedNumberPost>(module, "fixed_number_post");
    bind_fixed_number<FixedNumberPre>(module, "fixed_number_pre");
    bind_fixed_number<FixedNumberTotal>(module, "fixed_number_total");
    module.def("sparse_from_coo",
               [](nb::handle pre, nb::handle post, nb::handle weight, nb::handle delay) -> Made {
                   return std::make_unique<Sparse>(Sparse::from_coo(
                       to_vector<std::uint32_t>(pre), to_vector<std::uint32_t>(post),
                       to_init_value(weight), to_init_value(delay)));
               });
    module.def("python_connectivity",
               [](nb::object object, std::string name, nb::handle weight, nb::handle delay,
                  bool independent) -> Made {
                   return std::make_unique<PythonConnectivity>(std::move(object), std::move(name),
                                                               to_init_value(weight),
                                                               to_init_value(delay), independent);
               });
}

void bind_convolutions(nb::module_& module) {
    module.def(
        "conv_1d",
        [](nb::handle weight, Size filters, Size size, bool flatten, Size stride,
           const std::string& padding, nb::handle delay, Size dilation, Size groups) -> Made {
            return std::make_unique<Conv1D>(to_init_value(weight), filters, size, flatten, stride,
                                            padding, to_init_value(delay), dilation, groups);
        });
    module.def(
        "conv_2d",
        [](nb::handle weight, Size filters, Pair size, bool flatten, Pair strides,
           const std::string& padding, nb::handle delay, Pair dilation, Size groups) -> Made {
            return std::make_unique<Conv2D>(to_init_value(weight), filters, param(size), flatten,
                                            param(strides), padding, to_init_value(delay),
                                            param(dilation), groups);
        });
    module.def("conv_2d_transpose",
               [](nb::handle weight, Size filters, Pair size, bool flatten, Pair strides,
                  const std::string& padding, nb::handle delay, Pair dilation) -> Made {
                   return std::make_unique<Conv2DTranspose>(
                       to_init_value(weight), filters, param(size), flatten, param(strides),
                       padding, to_init_value(delay), param(dilation));
               });
}

void bind_pools(nb::module_& module) {
    module.def("avg_pool_2d",
               [](Pair size, bool flatten, Pair strides, nb::handle delay,
                  const std::string& padding) -> Made {
                   return std::make_unique<AvgPool2D>(param(size), flatten, param(strides),
                                                      to_init_value(delay), padding);
               });
    module.def("avg_pool_conv_2d",
               [](nb::handle weight, Size filters, Pair pool_size, Pair conv_size, bool flatten,
                  Pair pool_strides, Pair conv_strides, const std::string& padding,
                  nb::handle delay) -> Made {
                   return std::make_unique<AvgPoolConv2D>(
                       to_init_value(weight), filters, param(pool_size), param(conv_size), flatten,
                       param(pool_strides), param(conv_strides), padding, to_init_value(delay));
               });
    module.def("avg_pool_dense_2d",
               [](nb::handle weight, Pair pool_size, Pair pool_strides, nb::handle delay) -> Made {
                   return std::make_unique<AvgPoolDense2D>(to_init_value(weight), param(pool_size),
                                                           param(pool_strides),
                                                           to_init_value(delay));
               });
}

/// Source, target and element of every synapse of a snippet.
nb::tuple synapses_of(const ConnectivitySnippet& snippet, std::uint64_t seed,
                      std::uint32_t connection) {
    std::vector<std::uint32_t> pre;
    std::vector<std::uint32_t> post;
    std::vector<std::uint64_t> element;
    without_lock([&] {
        const auto rows =
            snippet.make_rows(RandomStream(seed, RandomPurpose::kConnectivity, connection));
        std::vector<RowSynapse> row;
        for (std::size_t source = 0; source < rows->num_pre(); ++source) {
            rows->row(source, row);
            for (const RowSynapse& synapse : row) {
                pre.push_back(static_cast<std::uint32_t>(source));
                post.push_back(synapse.post);
                element.push_back(synapse.element);
            }
        }
    });
    return nb::make_tuple(to_numpy(std::move(pre)), to_numpy(std::move(post)),
                          to_numpy(std::move(element)));
}

void bind_snippet(nb::module_& module) {
    using Snippet = ConnectivitySnippet;
    nb::class_<Snippet>(module, "ConnectivitySnippet")
        .def_prop_ro("matrix_type",
                     [](const Snippet& snippet) { return to_string(snippet.matrix_type); })
        .def_prop_ro("weight_shape",
                     [](const Snippet& snippet) { return snippet.weight_shape.extents(); })
        .def_ro("weight_scale", &Snippet::weight_scale)
        .def_ro("trainable", &Snippet::trainable)
        .def("synapses", &synapses_of);
    module.def("get_snippet",
               [](const Network& network, const std::string& connection,
                  const Connectivity& connectivity, const std::vector<std::string>& types) {
                   return connectivity.get_snippet(network.find_connection(connection),
                                                   SupportedMatrixType(to_matrix_types(types)));
               });
}

}  // namespace

void bind_connectivity(nb::module_& module) {
    nb::class_<Connectivity>(module, "Connectivity")
        .def("name", &Connectivity::name)
        .def("connect", &Connectivity::connect);
    bind_snippet(module);
    module.def("dense", [](nb::handle weight, nb::handle delay) -> Made {
        return std::make_unique<Dense>(to_init_value(weight), to_init_value(delay));
    });
    bind_sparse(module);
    bind_convolutions(module);
    bind_pools(module);
}

}  // namespace saltus::python
