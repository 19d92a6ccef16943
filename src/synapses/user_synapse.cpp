#include <saltus/synapses/user_synapse.hpp>

#include <saltus/expr/equation.hpp>

namespace saltus {

UserSynapse::UserSynapse(SynapseDeclaration declaration) : declaration_(std::move(declaration)) {
    if (!declaration_.states.empty()) return;
    for (const std::string& equation : declaration_.equations)
        declaration_.states.push_back(expr::parse_equation(equation).target);
}

}  // namespace saltus
