#include "python_connectivity.hpp"

#include <saltus/network/population.hpp>

#include "conversions.hpp"

namespace saltus::python {
void PythonConnectivity::connect(Population& source, Population& target) const {
    const nb::gil_scoped_acquire lock;
    object_.get().attr("connect")(nb::cast(&source, nb::rv_policy::reference),
                                  nb::cast(&target, nb::rv_policy::reference));
}

void PythonConnectivity::row(const RowRequest& request, ConnectivityRow& row) const {
    const nb::gil_scoped_acquire lock;
    const nb::object result =
        object_.get().attr("_row")(request.pre, request.num_pre, request.num_post,
                                   nb::cast(request.stream, nb::rv_policy::copy));
    row.targets = to_vector<std::uint32_t>(result[0]);
    if (!result[1].is_none()) row.weights = to_vector<double>(result[1]);
    if (!result[2].is_none()) row.delays = to_vector<double>(result[2]);
}

}  // namespace saltus::python
