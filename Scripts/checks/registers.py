"""Checks that instructions which not every x86-64 processor has stay inside the wide-kernel modules.

Usage: registers.py BINARY. Disassembles it and prints one line for each function that breaks the rule:
  module …AVX512            anything
  module …AVX2              no EVEX: no zmm, no registers above 15, no mask registers
  everything else           no VEX or EVEX and no BMI: nothing wider than SSE2

A function without a house name (a specialised generic of the standard library, a weak copy helper) counts as
"everything else", because the linker shares one copy of it between all modules, whichever they are compiled for.
Functions of C libraries are left out: our wide flags compile Swift alone, and libraries choose their code at run time.
"""

import collections
import re
import subprocess
import sys

SYMBOL = re.compile(r"^[0-9a-f]+ <(.+)>:$")
EVEX = re.compile(r"%zmm|%[xy]mm(?:1[6-9]|2[0-9]|3[01])\b|%k[0-7]\b")
BMI = "andn|bextr|blsi|blsmsk|blsr|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx"
VEX = re.compile(rf"\s(?:v\w+\s.*%[xy]mm|(?:{BMI})[lq]?\s)")
# The module that defines a function is the first name behind $s; for an extension, the demangled text says it.
FIRST_NAME = re.compile(r"^\$s(\d+)(\w+)")
EXTENSION = re.compile(r"\(extension in (\w+)\)")


class Function:
    """The offending instructions of one function: how many, and one as an example."""

    def __init__(self):
        self.counts = {"VEX": 0, "EVEX": 0}
        self.examples = {}

    def add(self, kind, line):
        self.counts[kind] += 1
        self.examples.setdefault(kind, " ".join(line.split(":", 1)[1].split()))


def wide_functions(binary):
    """Every function with VEX, EVEX or BMI instructions, by its symbol."""
    disassembly = subprocess.Popen(
        ["objdump", "--disassemble", "--no-show-raw-insn", "--wide", binary], stdout=subprocess.PIPE, text=True)
    functions = collections.defaultdict(Function)
    symbol = ""
    for line in disassembly.stdout:
        start = SYMBOL.match(line)
        if start:
            symbol = start[1]
        elif EVEX.search(line):
            functions[symbol].add("EVEX", line)
        elif VEX.search(line):
            functions[symbol].add("VEX", line)
    if disassembly.wait() != 0:
        sys.exit(f"objdump failed on {binary}")
    return functions


def demangled(symbols):
    answer = subprocess.run(
        ["swift", "demangle", "--compact"], input="\n".join(symbols), capture_output=True, text=True, check=True)
    return dict(zip(symbols, answer.stdout.splitlines()))


# What the Swift compiler emits: mangled names, and unmangled helpers for copies, outlined code and metadata.
SWIFT_NAME = re.compile(r"^(?:\$s|\$S|__swift|_swift|swift_|OUTLINED|outlined|get_|block_|symbolic|main$|\w+_main$)")


def allowed(symbol, name):
    """The kinds of instruction that the module which defines the function may use."""
    if not SWIFT_NAME.match(symbol):
        return {"VEX", "EVEX"}
    first = FIRST_NAME.match(symbol)
    extension = EXTENSION.search(name)
    modules = [first[2][:int(first[1])]] if first else []
    modules += [extension[1]] if extension else []
    if any(module.endswith("AVX512") for module in modules):
        return {"VEX", "EVEX"}
    return {"VEX"} if any(module.endswith("AVX2") for module in modules) else set()


def main():
    functions = wide_functions(sys.argv[1])
    names = demangled(list(functions))
    reasons = []
    for symbol, function in functions.items():
        for kind, example in function.examples.items():
            if kind not in allowed(symbol, names[symbol]):
                text = f"{function.counts[kind]} × {kind}, such as `{example}`, in {names[symbol]}"
                reasons.append((function.counts[kind], text))
    reasons.sort(reverse=True)
    for _, text in reasons[:20]:
        print(text)
    if len(reasons) > 20:
        print(f"… and {len(reasons) - 20} more")
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main())
