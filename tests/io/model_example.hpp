#pragma once

#include <saltus/io/model_file.hpp>

namespace saltus {

inline ModelFile example_model() {
    ModelFile model;
    model.network_name = "examples/x.toml";
    model.network_text = "description = \"\xc3\xa9\"\n# text\n";
    model.weights["input->hidden"] = Array(Shape{2, 3}, {1.0, -2.0, 3.5, 1e-300, -0.0, 6.0});
    model.weights["hidden->output"] = Array(Shape{3, 1}, {0.1, 0.2, 0.3});
    model.metrics = {{"accuracy", 0.875}, {"loss", 0.5}};
    return model;
}

}  // namespace saltus
