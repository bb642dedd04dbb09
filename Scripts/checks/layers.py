"""Checks the `import` lines of every target against Package.swift and the floors of the house.

Reads the output of `swift package dump-package` from standard input; prints one line for each violation.
"""

import json
import os
import re
import sys

FLOORS = ["Foundations", "Arithmetic", "Schemes", "Protocols", "Services", "Programs", "Tests"]
# Each C library and each register of the processor has one importer.
SOLE_IMPORTERS = {
    "COpenSSL": "Primitives", "CGMP": "BigIntegers", "CProcessor": "ProcessorFeatures", "CZlib": "Tables", "CPQ": "ContributionStore",
    "CSodium": "PrimeOrderGroup",
}
FOUNDATION_FLOORS = {"Services", "Programs", "Tests"}
FOUNDATION_MODULES = {"Foundation", "FoundationEssentials", "FoundationNetworking"}
SYSTEM_MODULES = FOUNDATION_MODULES | {
    "Swift", "Glibc", "Dispatch", "Synchronization", "Testing", "PackageDescription", "_Builtin_intrinsics",
    "_Concurrency",
}

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?"
    r"import[ \t]+(?:(?:struct|class|enum|protocol|func|var|let|typealias)[ \t]+)?(\w+)",
    re.MULTILINE,
)


class Target:
    def __init__(self, description):
        self.name = description["name"]
        self.path = description.get("path") or self.default_path(description["type"])
        parts = self.path.split("/")
        self.floor = parts[1] if parts[0] == "Sources" and len(parts) > 2 else parts[0]
        self.dependencies = set()
        self.products = set()
        for dependency in description["dependencies"]:
            kind, values = next(iter(dependency.items()))
            (self.products if kind == "product" else self.dependencies).add(values[0])

    def default_path(self, kind):
        return ("Tests/" if kind == "test" else "Sources/") + self.name

    def files(self):
        for folder, _, names in os.walk(self.path):
            for name in sorted(names):
                if name.endswith(".swift"):
                    yield os.path.join(folder, name)


def check_dependencies(target, targets):
    if target.floor not in FLOORS:
        yield f"{target.path}: target {target.name} stands on no floor ({', '.join(FLOORS)})"
        return
    for name in sorted(target.dependencies & targets.keys()):
        other = targets[name]
        if other.floor in FLOORS and FLOORS.index(other.floor) > FLOORS.index(target.floor):
            yield f"Package.swift: {target.name} ({target.floor}) depends on {name} above it ({other.floor})"


def check_import(target, module, targets):
    """The reason why `target` may not import `module`, or None."""
    importer = SOLE_IMPORTERS.get(module)
    if importer and target.name != importer:
        return f"only {importer} may import {module}"
    if module in FOUNDATION_MODULES and target.floor not in FOUNDATION_FLOORS:
        return f"{module} is for {', '.join(sorted(FOUNDATION_FLOORS))} only, not for {target.floor}"
    if module in targets:
        declared = module in target.dependencies
    else:
        declared = module in SYSTEM_MODULES or module in target.products | target.dependencies
    return None if declared or module == target.name else f"{target.name} does not declare {module} in Package.swift"


def check_files(target, targets):
    for path in target.files():
        with open(path, encoding="utf-8") as file:
            # Comments go, their line breaks stay.
            text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), file.read())
        for match in IMPORT.finditer(text):
            reason = check_import(target, match[1], targets)
            if reason:
                yield f"{path}:{text.count(chr(10), 0, match.start(1)) + 1}: {reason}"


def find_cycle(targets):
    """The names along one cycle of dependencies, or None."""
    done, trail = set(), []

    def visit(name):
        if name in trail:
            return trail[trail.index(name):] + [name]
        if name in done:
            return None
        trail.append(name)
        for other in sorted(targets[name].dependencies & targets.keys()):
            cycle = visit(other)
            if cycle:
                return cycle
        done.add(trail.pop())
        return None

    return next((cycle for cycle in map(visit, sorted(targets)) if cycle), None)


def find_orphans(targets):
    owned = {path for target in targets.values() for path in target.files()}
    for root in ("Sources", "Tests"):
        for folder, _, names in os.walk(root):
            for path in (os.path.join(folder, name) for name in sorted(names) if name.endswith(".swift")):
                if path not in owned:
                    yield f"{path}: belongs to no target"


def main():
    targets = {target.name: target for target in map(Target, json.load(sys.stdin)["targets"])}
    reasons = list(find_orphans(targets))
    for target in targets.values():
        reasons += check_dependencies(target, targets)
        reasons += check_files(target, targets)
    cycle = find_cycle(targets)
    if cycle:
        reasons.append("Package.swift: cycle " + " → ".join(cycle))
    print("\n".join(reasons), end="\n" if reasons else "")
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main())
