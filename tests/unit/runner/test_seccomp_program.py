"""The filter refuses what it names, by simulating it as the kernel would run it."""

import struct

import pytest
from viva_runner.seccomp import program

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, EAFNOSUPPORT, ENOSYS = 1, 97, 38
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def run(machine: str, number: int, first: int = 0, arch: int | None = None) -> int:
    """Interpret the classic BPF program on one system call."""
    code = [
        struct.unpack_from("=HBBI", program(machine), at)
        for at in range(0, len(program(machine)), 8)
    ]
    data = {0: number, 4: ARCH[machine] if arch is None else arch, 16: first}
    place, register = 0, 0
    while True:
        kind, yes, no, value = code[place]
        place += 1
        if kind == 0x20:
            register = data[value]
        elif kind == 0x06:
            return value
        else:
            held = {0x15: register == value, 0x35: register >= value, 0x45: bool(register & value)}
            place += yes if held[kind] else no


@pytest.mark.parametrize(("machine", "number"), [
    ("x86_64", 101), ("x86_64", 165), ("x86_64", 308), ("x86_64", 425), ("x86_64", 321),
    ("x86_64", 73), ("aarch64", 117), ("aarch64", 40), ("aarch64", 425), ("aarch64", 280),
])  # fmt: skip
def test_what_reaches_out_is_refused(machine: str, number: int) -> None:
    assert run(machine, number) == ERRNO | EPERM


@pytest.mark.parametrize(("machine", "number"), [("x86_64", 0), ("x86_64", 1), ("aarch64", 63)])
def test_ordinary_calls_pass(machine: str, number: int) -> None:
    assert run(machine, number) == ALLOW


@pytest.mark.parametrize(
    ("machine", "clone", "clone3"), [("x86_64", 56, 435), ("aarch64", 220, 435)]
)
def test_processes_may_start_but_not_in_new_namespaces(
    machine: str, clone: int, clone3: int
) -> None:
    assert run(machine, clone, 0x01200011) == ALLOW
    for flag in (0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x02000000, 0x80):
        assert run(machine, clone, flag) == ERRNO | EPERM
    assert run(machine, clone3) == ERRNO | ENOSYS


@pytest.mark.parametrize(("machine", "calls"), [("x86_64", (41, 53)), ("aarch64", (198, 199))])
def test_only_three_families_of_sockets_exist(machine: str, calls: tuple[int, ...]) -> None:
    for call in calls:
        assert [run(machine, call, family) for family in (1, 2, 10)] == [ALLOW] * 3
        for family in (16, 17, 38, 40):
            assert run(machine, call, family) == ERRNO | EAFNOSUPPORT


def test_foreign_tables_of_calls_kill() -> None:
    assert run("x86_64", 0, arch=0x40000003) == KILL
    assert run("x86_64", 0x40000000) == KILL
    assert program("riscv64") == b""
