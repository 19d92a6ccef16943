"""Compares what these pages say of the program with the program itself.

    python docs/check_program.py build/dev/saltus

The texts in help/ are what the program prints, and network_files.md lists the keys that it knows: each
kind of table is given a key that cannot be, and the error names those that can.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
COMPILER = '[compiler]\ntype = "inference"\ntimesteps = 1\n'
DATA = """[data]
format = "idx"
folder = "."
train_images = "a"
train_labels = "a"
test_images = "a"
test_labels = "a"
"""
ENCODING = '[encoding]\ntype = "linear_latency"\nmax_time = 9.0\n'
ENDS = """[[population]]
name = "a"
neuron = "spike_input"
shape = [4]
[[population]]
name = "b"
neuron = "leaky_integrate"
shape = [4]
"""
JOINED = """readout = "avg_var"
[[connection]]
source = "a"
target = "b"
connectivity = "dense"
weight = 1.0
synapse = "delta"
"""


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    return done.stdout + done.stderr


def known_keys(program, text):
    """The keys of the table in which a network file has the key 'nonsense'."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.toml"
        file.write_text(text)
        answer = run(program, "explain", str(file))
    if "unknown key 'nonsense'" in answer and "there is none to choose from" in answer:
        return set()
    found = re.search(r"unknown key 'nonsense'.*known are (.*?)\)?$", answer, re.M)
    if not found:
        raise SystemExit(f"the program did not refuse the key 'nonsense':\n{text}\n{answer}")
    return set(re.split(r", | and ", found.group(1)))


def rows(page, section):
    """Rows of the tables of a section, as lists of cells."""
    body = re.search(rf"^##+ {section}\n(.*?)(?=^##|\Z)", page, re.M | re.S).group(1)
    for line in body.split("\n"):
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def names(cell):
    """Keys in a cell: `key`, `key`; explanations in brackets do not count."""
    return re.findall(r"`\"?(\w+)\"?`", re.sub(r"\(.*?\)", "", cell))


def documented(page, section):
    """Keys of a section's own table, and arguments by kind from its second one."""
    keys, kinds = [], {}
    for row in rows(page, section):
        if row[0].startswith('`"'):
            for kind in names(row[0]):
                kinds[kind] = set(names(row[1]))
        else:
            keys += names(row[0])
    return set(keys), kinds


def table_with_nonsense(section, kind):
    """A network file whose one mistake is a key 'nonsense' in that section."""
    nonsense = "nonsense = 1\n"
    if section == "population":
        ends = f'[[population]]\nname = "c"\nneuron = "{kind}"\n{nonsense}'
        return DATA + ENCODING + COMPILER + ends
    ends = f'[[connection]]\nsource = "a"\ntarget = "b"\nsynapse = "delta"\nconnectivity = "{kind}"\n'
    return DATA + ENCODING + COMPILER + ENDS + ends + nonsense


def check_network_files(program):
    page = (HERE / "network_files.md").read_text()
    wrong = []

    def compare(what, said, known):
        if said != known:
            wrong.append(f"{what}: documented, but unknown {sorted(said - known)}; "
                         f"known, but not documented {sorted(known - said)}")

    for section in ("population", "connection"):
        keys, kinds = documented(page, section)
        if len(kinds) < 5:
            raise SystemExit(f"no table of kinds was found in section '{section}'")
        for kind, said in kinds.items():
            known = known_keys(program, table_with_nonsense(section, kind))
            compare(f"{section} {kind}", said | keys, known)
    joined = DATA + ENCODING + COMPILER + ENDS + JOINED
    listed = {kind: set(names(row[1])) for row in rows(page, "Values") for kind in names(row[0])}
    value = joined.replace("weight = 1.0", "weight = { nonsense = 1 }")
    compare("initializers", set(listed), known_keys(program, value))
    for kind, said in listed.items():
        value = joined.replace("weight = 1.0", f"weight = {{ {kind} = {{ nonsense = 1 }} }}")
        compare(f"initializer {kind}", said, known_keys(program, value))
    keys, _ = documented(page, "training")
    compare("training", keys, known_keys(program, joined + "[training]\nnonsense = 1\n"))
    keys, _ = documented(page, "data")
    known = known_keys(program, DATA + "nonsense = 1\n" + ENCODING + COMPILER)
    for kind in ("nmnist", "heidelberg"):
        known |= known_keys(program, f'[data]\nformat = "{kind}"\nnonsense = 1\n' + COMPILER)
    compare("data", keys, known)
    keys, _ = documented(page, "augmentation")
    section = "[augmentation]\nnonsense = 1\n"
    compare("augmentation", keys, known_keys(program, DATA + ENCODING + COMPILER + section))
    keys, _ = documented(page, "compiler")
    known = set()
    for compiler in ("event_prop", "surrogate", "e_prop"):
        section = COMPILER.replace("inference", compiler) + "nonsense = 1\n"
        known |= known_keys(program, DATA + ENCODING + section)
    compare("compiler", keys, known)
    keys, _ = documented(page, "encoding")
    linear = known_keys(program, DATA + ENCODING + "nonsense = 1\n")
    others = [
        known_keys(program, DATA + f'[encoding]\ntype = "{kind}"\nnonsense = 1\n')
        for kind in ("log_latency", "thermometer")
    ]
    compare("encoding", keys, linear.union(*others))
    return wrong


def check_help(program):
    wrong = []
    for file in sorted((HERE / "help").glob("*.txt")):
        if file.read_text() != run(program, file.stem, "--help"):
            wrong.append(f"{file}: the program prints something else; write `saltus {file.stem} --help` there")
    return wrong


def main():
    program = sys.argv[1]
    wrong = check_help(program) + check_network_files(program)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
