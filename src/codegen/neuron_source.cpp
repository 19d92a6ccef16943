#include "codegen/neuron_source.hpp"

#include <map>

#include <fmt/format.h>

#include "codegen/expression_text.hpp"
#include "codegen/kernel_texts.hpp"

namespace saltus {
namespace {

using expr::Expression;

/// Writes the struct of one kernel.
class ModelWriter {
  public:
    ModelWriter(const NeuronKernel& kernel, std::string struct_name)
        : kernel_(kernel), struct_name_(std::move(struct_name)) {
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            names_[kernel.states[a]] = fmt::format("x[{}]", a);
            names_[adjoint_state_name(kernel.states[a])] = fmt::format("lambda[{}]", a);
        }
        for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
            names_[synaptic_state_name(group)] = fmt::format("g[{}]", group);
            names_[adjoint_synapse_name(group)] = fmt::format("mu[{}]", group);
            names_[adjoint_drive_name(group)] = fmt::format("drive[{}]", group);
        }
        for (std::size_t index = 0; index < kernel.scalars.size(); ++index) {
            names_[kernel.scalars[index]] = fmt::format("scope.s{}", index);
        }
        for (std::size_t index = 0; index < kernel.arrays.size(); ++index) {
            names_[kernel.arrays[index]] = fmt::format("scope.a{}", index);
        }
        names_[kInverseSlope] = "inverse_slope";
        names_[kSpikeAdjoint] = "zeta";
        names_[kSilencePull] = "pull";
        names_[kRefractoryTime] = "refractory";
    }

    std::string write() {
        line(fmt::format("/* {} */", model_name(kernel_)));
        line(fmt::format("struct {} {{", struct_name_));
        write_sizes();
        write_scope();
        write_step();
        write_spike();
        write_jump();
        write_kept();
        write_adjoint();
        write_parameters();
        write_silence();
        write_number("spike_shift", kernel_.spike_shift);
        write_number("release_shift", kernel_.release_shift);
        line("};");
        return std::move(text_);
    }

  private:
    void line(const std::string& content) { text_ += content + "\n"; }

    void constant(const std::string& name, const std::string& value) {
        line(fmt::format("    static constexpr int {}() {{ return {}; }}", name, value));
    }

    void constant(const std::string& name, std::size_t value) {
        constant(name, std::to_string(value));
    }

    /// " || name == 0 || name == 2" for those that are set.
    static std::string any_of(const std::string& name, const std::vector<bool>& set) {
        std::string text;
        for (std::size_t index = 0; index < set.size(); ++index)
            if (set[index]) text += fmt::format(" || {} == {}", name, index);
        return text;
    }

    void write_sizes() {
        constant("num_states", kernel_.num_states());
        constant("num_groups", kernel_.num_groups());
        constant("num_folds", kernel_.num_folds);
        constant("num_kept", kernel_.kept.size());
        constant("num_parameters", kernel_.parameters.size());
        constant("sub_steps", kernel_.sub_steps);
        constant("num_jumps", taped_jumps(kernel_).size());
        line(fmt::format("    static constexpr bool group_has_state(int s) {{ return s < 0{}; }}",
                         any_of("s", kernel_.group_has_state)));
        constant("spiking", kernel_.spiking);
        constant("refractory", kernel_.refractory);
        line(fmt::format("    static constexpr bool holds(int a) {{ return a < 0{}; }}",
                         any_of("a", kernel_.held)));
        constant("counts_spikes", kernel_.readout == ReadoutKind::kSpikeCount);
        constant("weighs_output", kernel_.readout == ReadoutKind::kWeightedOutput);
        constant("keeps_greatest", kernel_.readout == ReadoutKind::kGreatestOutput);
        constant("minds_silence", kernel_.minds_silence);
        constant("output", kernel_.output);
        // Only refractory times count in it; otherwise kernels serve steps of any length.
        line(fmt::format("    static constexpr float dt() {{ return {:.9e}f; }}",
                         kernel_.refractory ? kernel_.dt : 0.0));
    }

    void write_scope() {
        line("    struct Scope {");
        for (std::size_t index = 0; index < kernel_.scalars.size(); ++index) {
            line(fmt::format("        V s{}; /* {} */", index, kernel_.scalars[index]));
        }
        for (std::size_t index = 0; index < kernel_.arrays.size(); ++index) {
            line(fmt::format("        V a{}; /* {} */", index, kernel_.arrays[index]));
        }
        line("    };");
        begin("void load_scalars(Scope& scope, const float* scalars)");
        for (std::size_t index = 0; index < kernel_.scalars.size(); ++index) {
            line(fmt::format("        scope.s{0} = splat(scalars[{0}]);", index));
        }
        end("(void)scope; (void)scalars;");
        begin("void load_arrays(Scope& scope, const float* arrays, unsigned padded, unsigned n)");
        for (std::size_t index = 0; index < kernel_.arrays.size(); ++index) {
            line(fmt::format(
                "        scope.a{0} = ::saltus_kernels::load(arrays + {0}ull * padded + n);",
                index));
        }
        end("(void)scope; (void)arrays; (void)padded; (void)n;");
    }

    void begin(const std::string& signature) { line("    static inline " + signature + " {"); }

    void end(const std::string& unused) { line("        " + unused + "\n    }"); }

    /// Assigns all at once: values may refer to what is assigned.
    void assign(const std::string& target, const std::vector<Expression>& values) {
        const ExpressionTexts texts = expression_texts(values, names_, target + "_t");
        for (const std::string& shared : texts.lines)
            line("        " + shared);
        for (std::size_t index = 0; index < values.size(); ++index)
            line(fmt::format("        const V {}_{} = {};", target, index, texts.texts[index]));
        for (std::size_t index = 0; index < values.size(); ++index) {
            line(fmt::format("        {0}[{1}] = {0}_{1};", target, index));
        }
    }

    std::string text(const Expression& expression) const {
        return expression_text(expression, names_);
    }

    void write_step() {
        begin("void update(const Scope& scope, const V* x, const V* g, V* next)");
        assign("next", kernel_.update);
        end("(void)scope; (void)x; (void)g;");
        begin("void decay(const Scope& scope, V* g)");
        assign("g", kernel_.decay);
        end("(void)scope; (void)g;");
    }

    void write_spike() {
        begin("M spikes(const Scope& scope, const V* x)");
        line("        (void)scope; (void)x;");
        line(fmt::format("        return {};", kernel_.spiking ? text(kernel_.spike) : "M{}"));
        line("    }");
        begin("void reset(const Scope& scope, const V* x, V* next)");
        if (kernel_.spiking) assign("next", kernel_.reset);
        end("(void)scope; (void)x; (void)next;");
        begin("V refractory_time(const Scope& scope)");
        line("        (void)scope;");
        line(fmt::format("        return {};", kernel_.refractory_time.empty()
                                                   ? "V{}"
                                                   : names_.at(kernel_.refractory_time)));
        line("    }");
    }

    void write_jump() {
        const std::vector<Expression> taped = taped_jumps(kernel_);
        begin("void jump(const Scope& scope, const V* x, const V* g, V* jump)");
        if (!taped.empty()) {
            line(fmt::format("        const V inverse_slope = splat(1.0f) / {};",
                             text(kernel_.slope)));
            assign("jump", taped);
            line("        (void)inverse_slope;");
        }
        end("(void)scope; (void)x; (void)g; (void)jump;");
        begin("void apply_jump(const V* jump, const V* lambda, V kappa, V* next)");
        std::size_t next_taped = 0;
        const auto entry = [&](const Expression& e) {
            return e.is_number() ? text(e) : fmt::format("jump[{}]", next_taped++);
        };
        std::vector<std::string> sums(kernel_.jump_matrix.size());
        for (std::size_t a = 0; a < sums.size(); ++a) {
            for (std::size_t b = 0; b < kernel_.num_states(); ++b) {
                if (kernel_.jump_matrix[a][b].is_number(0.0)) continue;
                sums[a] += fmt::format("{} * lambda[{}] + ", entry(kernel_.jump_matrix[a][b]), b);
            }
        }
        for (std::size_t a = 0; a < sums.size(); ++a) {
            line(fmt::format("        next[{}] = {}{} * kappa;", a, sums[a],
                             entry(kernel_.jump_vector[a])));
        }
        end("(void)jump; (void)lambda; (void)kappa; (void)next;");
    }

    void write_kept() {
        begin("void keep(const V* x, const V* g, V refractory, V* kept)");
        for (std::size_t k = 0; k < kernel_.kept.size(); ++k)
            line(fmt::format("        kept[{}] = {};", k, names_.at(kernel_.kept[k])));
        end("(void)x; (void)g; (void)refractory; (void)kept;");
        begin("void restore(const V* kept, V* x, V* g, V& refractory)");
        for (std::size_t k = 0; k < kernel_.kept.size(); ++k)
            line(fmt::format("        {} = kept[{}];", names_.at(kernel_.kept[k]), k));
        end("(void)x; (void)g; (void)refractory; (void)kept;");
    }

    void write_adjoint() {
        begin("void retreat(const Scope& scope, const V* x, const V* g, V* lambda, V* drive)");
        // What drives the synaptic adjoints needs the old adjoints of the states.
        assign("drive", kernel_.adjoint_drive);
        assign("lambda", kernel_.adjoint_states);
        end("(void)scope; (void)x; (void)g; (void)lambda; (void)drive;");
        begin("void arrive(const Scope& scope, const V* drive, V* mu)");
        assign("mu", kernel_.adjoint_synapses);
        end("(void)scope; (void)drive; (void)mu;");
        begin(
            "void shift(const Scope& scope, const V* x, const V* g, const V* lambda, const V* mu, "
            "V* shift)");
        assign("shift", kernel_.arrival_shift);
        end("(void)scope; (void)x; (void)g; (void)lambda; (void)mu; (void)shift;");
        begin(
            "void pull(const Scope& scope, const V* x, const V* lambda, V zeta, V* pulled, V* "
            "added)");
        assign("pulled", kernel_.reset_pull);
        assign("added", kernel_.spike_pull);
        end("(void)scope; (void)x; (void)lambda; (void)zeta; (void)pulled; (void)added;");
    }

    void write_parameters() {
        begin(
            "void gain_of_update(const Scope& scope, const V* x, const V* g, const V* lambda, V* "
            "gain)");
        assign("gain", kernel_.parameter_update);
        end("(void)scope; (void)x; (void)g; (void)lambda; (void)gain;");
        begin("void gain_of_decay(const Scope& scope, const V* g, const V* mu, V* gain)");
        assign("gain", kernel_.parameter_decay);
        end("(void)scope; (void)g; (void)mu; (void)gain;");
        begin(
            "void pull_parameters(const Scope& scope, const V* x, const V* lambda, V zeta, V* "
            "pulled, V* added)");
        assign("pulled", kernel_.parameter_reset_pull);
        assign("added", kernel_.parameter_spike_pull);
        end("(void)scope; (void)x; (void)lambda; (void)zeta; (void)pulled; (void)added;");
    }

    void write_number(const std::string& name, const Expression& value) {
        begin(
            fmt::format("V {}(const Scope& scope, const V* x, const V* g, const V* lambda)", name));
        line("        (void)scope; (void)x; (void)g; (void)lambda;");
        line(fmt::format("        return {};", text(value)));
        line("    }");
    }

    void write_silence() {
        begin("V crossing(const Scope& scope, const V* x)");
        line("        (void)scope; (void)x;");
        line(fmt::format("        return {};",
                         kernel_.minds_silence ? text(kernel_.crossing) : "V{}"));
        line("    }");
        begin("void draw(const Scope& scope, V pull, V* lambda)");
        assign("lambda", kernel_.drawn);
        end("(void)scope; (void)pull; (void)lambda;");
    }

    const NeuronKernel& kernel_;
    std::string struct_name_;
    std::map<std::string, std::string> names_;
    std::string text_;
};

}  // namespace

std::vector<Expression> taped_jumps(const NeuronKernel& kernel) {
    std::vector<Expression> taped;
    for (const auto& row : kernel.jump_matrix) {
        for (const Expression& entry : row) {
            if (!entry.is_number()) taped.push_back(entry);
        }
    }
    for (const Expression& entry : kernel.jump_vector) {
        if (!entry.is_number()) taped.push_back(entry);
    }
    return taped;
}

std::string model_name(const NeuronKernel& kernel) {
    std::string name = kernel.model;
    for (char& character : name) {
        const bool plain = (character >= 'a' && character <= 'z') ||
                           (character >= 'A' && character <= 'Z') ||
                           (character >= '0' && character <= '9');
        if (!plain) character = '_';
    }
    return name;
}

std::string text_hash(const std::string& text) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char character : text) {
        hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211ULL;
    }
    return fmt::format("{:016x}", hash);
}

std::string kernel_hash(const NeuronKernel& kernel) {
    // The model's name appears in comments only.
    NeuronKernel nameless = kernel;
    nameless.model.clear();
    return text_hash(kernel_model(nameless, "Model"));
}

std::string kernel_model(const NeuronKernel& kernel, const std::string& struct_name) {
    return ModelWriter(kernel, struct_name).write();
}

std::string kernel_functions(const NeuronKernel& kernel, const std::string& suffix) {
    const std::string hash = kernel_hash(kernel);
    const std::string model = "Model_" + hash;
    std::string text = "namespace saltus_kernels {\n" + kernel_model(kernel, model) + "}\n";
    text += fmt::format(
        "extern \"C\" void saltus_advance_{0}{1}(const void*, const SaltusAdvance* args) {{\n"
        "    saltus_kernels::advance(saltus_kernels::{2}(), *args);\n}}\n",
        hash, suffix, model);
    if (!kernel.adjoint) return text;
    text += fmt::format(
        "extern \"C\" void saltus_retreat_{0}{1}(const void*, const SaltusRetreat* args) {{\n"
        "    saltus_kernels::{3}(saltus_kernels::{2}(), *args);\n}}\n",
        hash, suffix, model, kernel.surrogate ? "retreat_surrogate" : "retreat");
    return text;
}

std::string kernel_prelude() {
    return std::string(kNeuronAbiText) + "#line 1 \"vector.inl\"\n" + kVectorText +
           "#line 1 \"neuron_kernel.inl\"\n" + kNeuronKernelText +
           "#line 1 \"neuron_advance.inl\"\n" + kNeuronAdvanceText +
           "#line 1 \"neuron_retreat.inl\"\n" + kNeuronRetreatText +
           "#line 1 \"neuron_surrogate.inl\"\n" + kNeuronSurrogateText;
}

std::string kernel_source(const NeuronKernel& kernel) {
    return kernel_prelude() + fmt::format("#line 1 \"neuron model {}\"\n", model_name(kernel)) +
           kernel_functions(kernel, "");
}

}  // namespace saltus
